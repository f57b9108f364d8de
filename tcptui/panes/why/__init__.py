"""The Why pane explains the row under the cursor."""
