"""The graph pane: how the flow under the cursor, or the whole capture, went over time."""
