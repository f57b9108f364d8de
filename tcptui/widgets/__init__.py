"""The panes: each draws what it is given and posts messages; none knows another."""
