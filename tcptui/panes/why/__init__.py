"""The Why pane: what the row under the cursor means."""
