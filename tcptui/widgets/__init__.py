"""This room has the Textual base of panes and pages: a canvas, lists with a cursor, what frames
them."""
