"""Puts the records of several captures in the order of time; compiled."""
