"""The Flows pane has a line for each flow."""
