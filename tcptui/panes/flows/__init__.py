"""The Flows pane: a line for each flow."""
