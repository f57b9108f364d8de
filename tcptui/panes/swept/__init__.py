"""The list of the flows of a data set, its groups, and the trouble of its days."""
