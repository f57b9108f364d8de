"""Reads what the first bytes of a flow, and DNS, tell of it: its names, and how its TLS began."""
