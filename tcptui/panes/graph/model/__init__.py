"""What the graph pane shows of a flow of any size: rows, thinned series, bins. Compiled."""
