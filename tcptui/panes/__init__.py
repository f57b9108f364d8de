"""Each folder here holds a pane of the triage screen: its model, its pure drawing and its
widget."""
