"""No keys, resizes or clicks end in a traceback."""

import os
import random
from pathlib import Path

import pytest

from tests.screens.opened import SAMPLES, opened

KEYS = (
    "up down left right pageup pagedown home end enter escape tab shift+tab backspace space "
    "h j k l g G n N s S R f F c e m M r t T y z 1 2 3 slash question_mark apostrophe "
    "left_square_bracket right_square_bracket"
).split()
CAPTURES = ("closings", "openings", "web-loss", "zero-window", "unseen-segment")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is remembered on the way is not the user's."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


async def play(capture: str, keys: int, seed: int) -> None:
    dice = random.Random(seed)
    async with opened(SAMPLES / f"{capture}.pcapng") as pilot:
        for _ in range(keys):
            chance = dice.random()
            if chance < 0.03:
                await pilot.resize_terminal(dice.randint(20, 220), dice.randint(6, 60))
            elif chance < 0.06:
                size = pilot.app.size
                at = (dice.randrange(size.width), dice.randrange(size.height))
                await pilot.click(offset=at, times=dice.randint(1, 2))
            else:
                await pilot.press(dice.choice(KEYS))
        assert pilot.app.is_running
        assert pilot.app._exception is None


@pytest.mark.parametrize("capture", CAPTURES)
async def test_monkey(capture: str) -> None:
    await play(capture, 80, seed=7)


@pytest.mark.skipif(
    "TCPTUI_MONKEY" not in os.environ, reason="10,000 keys take minutes: TCPTUI_MONKEY=1 sends them"
)
@pytest.mark.parametrize("capture", CAPTURES)
async def test_monkey_for_long(capture: str) -> None:
    await play(capture, 2_000, seed=11)
