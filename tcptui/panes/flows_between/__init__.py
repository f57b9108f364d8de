"""The list of the flows that several points saw."""
