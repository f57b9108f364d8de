"""This room has the filter language, and what is copied to select the same packets elsewhere."""
