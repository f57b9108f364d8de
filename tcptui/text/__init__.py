"""This room writes numbers, durations and amounts as people read them, for the whole program."""
