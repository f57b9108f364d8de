"""Loads what workers need, in the process from which they are forked."""

import gc

gc.disable()  # hardly anything of it becomes garbage

import distributed  # noqa: E402, F401

import tcptui.fleet.analysis  # noqa: E402, F401

gc.freeze()
gc.enable()
