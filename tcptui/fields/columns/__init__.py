"""This room, which is compiled, is where the values of fields are read."""
