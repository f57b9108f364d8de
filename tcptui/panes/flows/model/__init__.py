"""This room puts the flow list in order. Compiled."""
