"""No keys, resizes or clicks end in a traceback."""

import os
import random
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from tcptui.capture.errors import CaptureError
from tcptui.capture.live.interfaces import LOOPBACK, UP, NetworkInterface
from tcptui.captures import Captures, OpenedSession
from tests.screens.opened import SAMPLES, opened, owned_bindings, press_key

LEAVING = {"q", "ctrl+c", "ctrl+z"}
"""End the program or stop the process; the palette still offers to quit."""
KEYS = sorted(
    {key for binding in owned_bindings() for key in binding.key.split(",")} - LEAVING
    | {"backspace", "full_stop", "equals_sign", "1", "p", "T", "delete"}
)
CAPTURES = ("closings", "openings", "web-loss", "zero-window", "unseen-segment")


def refuse(captures: Captures, names: Sequence[str], expression: str) -> OpenedSession:
    raise CaptureError("not in a test", names[0], "choose a file")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is remembered, saved, copied or captured on the way is not the user's."""
    shutil.copy(SAMPLES / "proofs.pcapng", tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr("tcptui.clipboard.copy", lambda text, write: "copied")
    monkeypatch.setattr(
        "tcptui.screens.chooser.interfaces", lambda: [NetworkInterface("lo", "", UP | LOOPBACK)]
    )
    monkeypatch.setattr(Captures, "capture", refuse)


async def play(capture: str, keys: int, seed: int) -> None:
    """Press so many keys; where the palette or the chooser left the program, begin again."""
    dice = random.Random(seed)
    while keys > 0:
        async with opened(SAMPLES / f"{capture}.pcapng") as pilot:
            while keys > 0 and pilot.app._exception is None and not pilot.app._exit:
                keys -= 1
                chance = dice.random()
                if chance < 0.03:
                    await pilot.resize_terminal(dice.randint(20, 220), dice.randint(6, 60))
                elif chance < 0.06:
                    size = pilot.app.size
                    at = (dice.randrange(size.width), dice.randrange(size.height))
                    await pilot.click(offset=at, times=dice.randint(1, 2))
                else:
                    await press_key(pilot, dice.choice(KEYS))
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
