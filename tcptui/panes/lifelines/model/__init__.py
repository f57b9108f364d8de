"""This room turns the journeys of a flow's segments into the ladder's rows. Compiled."""
