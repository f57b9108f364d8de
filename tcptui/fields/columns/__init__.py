"""Where the values of fields are read: compiled."""
