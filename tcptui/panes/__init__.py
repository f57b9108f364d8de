"""The panes of the triage screen: each folder holds a pane's model, pure drawing and widget."""
