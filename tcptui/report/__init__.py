"""Headless output: this room writes flows and packets as JSON, CSV, Markdown and tab-separated
rows."""
