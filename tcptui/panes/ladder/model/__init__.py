"""This room turns a flow's segments into the ladder's rows. Compiled."""
