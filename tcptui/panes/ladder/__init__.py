"""The Ladder pane: client left, server right, time downwards."""
