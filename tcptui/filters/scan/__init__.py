"""Filters on the packet columns: the compiled half of the filters."""
