"""Which captures a test takes where it does not take all of them."""

import os
from collections.abc import Sequence
from typing import Final, TypeVar

SEED: Final = int(os.environ.get("TCPTUI_SAMPLE_SEED", "0"))
"""Chooses; `.ci/run` prints another one each day, and every other run takes the same."""
IS_FULL: Final = "TCPTUI_FULL" in os.environ
"""Whether nothing is left out."""

Item = TypeVar("Item")


def sample(items: Sequence[Item], step: int) -> Sequence[Item]:
    """Every ``step``-th of the items, beginning at the one that the seed says; or all."""
    return items if IS_FULL else items[SEED % step :: step]
