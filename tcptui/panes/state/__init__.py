"""The State pane shows the diagram of RFC 9293 with both endpoints in it."""
