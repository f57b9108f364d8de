"""The panes of the triage screen, a folder each: model, pure drawing and widget."""
