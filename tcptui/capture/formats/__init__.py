"""Capture file formats: each module finds the records of one."""
