"""The ladder of a flow that was captured at several points: a lifeline for each of them."""
