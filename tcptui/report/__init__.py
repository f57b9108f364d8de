"""Headless output: flows and packets as JSON, CSV, Markdown and tab-separated rows."""
