"""This room tells where the time of a flow went, and where its segments were lost."""
