"""The compiled half of the groups: which one a flow belongs to, and their sums."""
