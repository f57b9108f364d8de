"""This room reads the data set of a sweep, none of which it trusts; it needs `tcptui[data]`."""
