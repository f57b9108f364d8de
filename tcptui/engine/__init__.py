"""The analysis engine, shared by files and live interfaces: bytes in, facts out."""
