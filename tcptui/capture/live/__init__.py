"""Captures live: a process of its own turns interfaces into growing files."""
