"""Lists the fields of segments and flows, one row each, from which all that names a field is
made."""
