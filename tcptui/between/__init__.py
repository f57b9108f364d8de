"""Compares captures of the same packets, taken at two points or more."""
