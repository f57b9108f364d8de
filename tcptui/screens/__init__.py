"""The screens: each composes panes and moves what moves together."""
