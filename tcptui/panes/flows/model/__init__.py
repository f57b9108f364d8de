"""The order of the flow list. Compiled."""
