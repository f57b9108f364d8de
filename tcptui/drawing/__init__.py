"""Draws without Textual: engine data, a width and a height go in, lines of styled text come out."""
