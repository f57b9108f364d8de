"""One filter language, and the fields that filters and output share."""
