"""The head line: what is open, how much of it, and what leads in it."""
