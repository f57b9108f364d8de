"""This room tells what is worth knowing about a flow: its findings, with their costs and
sentences."""
