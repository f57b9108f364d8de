"""Numbers, durations and amounts as people read them: one home for the whole program."""
