"""Graphs: how a transfer, or a whole capture, went over time, as series of points. Compiled."""
