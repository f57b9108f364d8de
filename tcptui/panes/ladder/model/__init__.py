"""A flow's segments as the ladder's rows. Compiled."""
