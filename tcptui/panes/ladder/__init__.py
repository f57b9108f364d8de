"""The Ladder pane shows the client left, the server right, and time downwards."""
