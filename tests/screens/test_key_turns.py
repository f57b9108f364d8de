"""Keys that come all at once go where they were meant."""

import os
import pty
import sys
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot

from tcptui.screens.detail import DetailScreen
from tcptui.screens.page import PageScreen
from tcptui.widgets.typed_keys import KeyParser
from tests.screens.opened import (
    LOSSY,
    SAMPLES,
    handled,
    opened,
    screen_of,
    settled,
)
from tests.screens.test_terminal import PROGRAM, read_until


def keys_of(*pieces: str) -> list[str]:
    """The names of the keys that a terminal sends in these pieces."""
    parser = KeyParser()
    found = [event for piece in pieces for event in parser.feed(piece)]
    parser._timeout_time = 0.0 if parser._timeout_time is not None else None
    found += parser.tick()
    return [e.key if isinstance(e, events.Key) else type(e).__name__ for e in found]


@pytest.mark.parametrize(
    ("pieces", "keys"),
    [
        (["\x1bq"], ["alt+q"]),
        (["\x1b", "q"], ["escape", "q"]),
        (["\x1b/dns\r"], ["alt+slash", "d", "n", "s", "enter"]),
        (["\x1b\x1bq"], ["escape", "alt+q"]),
        (["\x1b1"], ["alt+1"]),
        (["\x1b\r"], ["alt+enter"]),
        (["\x1b[A\x1bj"], ["up", "alt+j"]),
        (["\x1b", "[A"], ["up"]),
        (["\x1b]"], ["alt+right_square_bracket"]),
        (["\x1b["], ["alt+left_square_bracket"]),
        (["a\x1b[200~/x\x1b[201~b"], ["a", "Paste", "b"]),
        (["\x1b[1;3D"], ["alt+left"]),
    ],
)
def test_escape_and_the_key_after_it(pieces: list[str], keys: list[str]) -> None:
    assert keys_of(*pieces) == keys


def send(pilot: Pilot[None], typed: str) -> None:
    """Give the program what a terminal sends in one piece."""
    for event in feed(typed):
        pilot.app.post_message(event)


def feed(typed: str) -> Iterable[events.Event]:
    parser = KeyParser()
    found = [*parser.feed(typed)]
    parser._timeout_time = 0.0 if parser._timeout_time is not None else None
    return [event for event in (*found, *parser.tick()) if isinstance(event, events.Event)]


Check = Callable[[Any], bool]

# what is sent at once; what is then true
BURSTS: list[tuple[str, Check]] = [
    ("/eeee", lambda s: s.panes.filter_bar.input.value == "eeee"),
    ("/flow.index == 2\r", lambda s: list(s.panes.flows.order) == [2]),
    ("/flow.index == 2\r3", lambda s: (s.focused_pane, s.panes.ladder.flow.index) == ("ladder", 2)),
    ("/flow.index == 2\re", lambda s: "Flow 2 " in s.app.screen.list.title_text),
    ("/abc\x1bj", lambda s: not s.panes.filter_bar.is_open and s.panes.flows.cursor == 1),
    ("e\x1bj", lambda s: s.app.screen is s and s.panes.flows.cursor == 1),
    ("e\x1b\x1b", lambda s: s.app.screen is s),
    ("Gjke", lambda s: isinstance(s.app.screen, PageScreen)),
    ("jjjjje", lambda s: f"Flow {s.panes.flows.current.index} " in s.app.screen.list.title_text),
    ("3\r", lambda s: isinstance(s.app.screen, DetailScreen)),
    ("F/HTTP\r", lambda s: s.app.screen.wanted == "HTTP"),
    ("ssj\r", lambda s: s.app.screen is s and s.panes.flows.sort != "trouble"),
    (":reverse\r", lambda s: not s.panes.flows.descending),
    ("y\x1bj", lambda s: s.app.screen is s and s.panes.flows.cursor == 1),
    ("\x1b[200~/dns\nq\x1b[201~", lambda s: s.panes.filter_bar.input.value == "dns"),
    ("y\r\rj", lambda s: s.app.screen is s and len(s.copies) == 1 and s.panes.flows.cursor == 1),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "check"), BURSTS, ids=[repr(b[0]) for b in BURSTS])
async def test_burst(typed: str, check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tcptui.clipboard.copy", lambda text, write: "copied")
    async with opened(LOSSY) as pilot:
        send(pilot, typed)
        await settled(pilot)
        assert check(screen_of(pilot))


async def test_escape_with_q_in_the_copy_menu_ends_the_program() -> None:
    async with opened(LOSSY) as pilot:
        send(pilot, "y\x1bq")
        await handled(pilot)
        assert pilot.app._exit


SESSIONS = {
    "looks at the evidence of a flow": "/flow.index == 2\re\x1bq",
    "copies nothing": "jjy\x1bq",
    "searches the stream": "/flow.index == 1\rF/HTTP\rn\x1bq",
    "goes through problems": "nnn]]ezz\x1bz\x1bq",
    "types what would be commands": "/quit eeee\x1b\x1bq",
}


@pytest.mark.parametrize("typed", SESSIONS.values(), ids=SESSIONS)
def test_a_whole_session_in_one_write(typed: str) -> None:
    pid, fd = pty.fork()
    if pid == 0:
        os.environ["TERM"] = "xterm-256color"
        os.execv(sys.executable, [sys.executable, "-c", PROGRAM, str(SAMPLES / "web-loss.pcapng")])
    drawn = read_until(fd, b"Flows")
    os.write(fd, typed.encode())
    drawn += read_until(fd, b"\x1b[?1049l")
    assert b"\x1b[?1049l" in drawn, drawn[-500:]
    while drawn:  # else the program waits until all that it writes is read
        try:
            drawn = os.read(fd, 65536)
        except OSError:
            break
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    os.close(fd)
