"""Each screen composes panes, and moves what moves together."""
