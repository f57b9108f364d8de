"""All that is wrong with the configuration is said: where it stands, and what would be allowed."""

from pathlib import Path

import pytest

from tcptui.configuration import line_of
from tcptui.drawing import services
from tcptui.screens.page import PageScreen
from tcptui.screens.preferences import Preferences, load
from tcptui.theme import Look
from tests.screens.opened import LOSSY, handled, opened, press, screen_of, screen_text

NAMES = {8080: "http-alt"}
BROKEN = """
palette = "pink"
columns = ["number", "nothing"]
sort = "rtt"
time = 3
utc = "yes"
colour = 1

[keys]
"rows.dwn" = "j"
"pane.zoom" = 5
"pane.next" = "x"
"""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    file = tmp_path / "tcptui" / "config.toml"
    file.parent.mkdir()
    return file


def test_every_problem_is_named(config: Path) -> None:
    config.write_text(BROKEN)
    found = load()
    begins = [
        'config.toml, line 2: palette = "pink" is not known; it may be dark, light, blue-orange,',
        'config.toml, line 3: columns = ["number", "nothing"] has no columns \'nothing\'; there',
        "config.toml, line 5: time = 3 is not known; it may be delta, start, clock",
        'config.toml, line 6: utc = "yes" is neither true nor false',
        "config.toml, line 7: colour = 1 is not a setting; the settings are palette, columns,",
        'config.toml, line 10: "rows.dwn" is not a name in docs/keys.md; is it rows.down',
        'config.toml, line 11: "pane.zoom" = 5 is not text such as "x,ctrl+n"',
    ]
    assert len(found.problems) == len(begins)
    for problem, begin in zip(found.problems, begins, strict=True):
        assert problem.startswith(begin)
    assert (found.sort, found.keys, found.palette) == ("rtt", {"pane.next": "x"}, "")


def test_a_syntax_error_says_its_line(config: Path) -> None:
    config.write_text('palette = "dark"\nsort = \n')
    (problem,) = load().problems
    assert str(config) in problem
    assert "line 2" in problem


@pytest.mark.parametrize(
    ("key", "table", "line"),
    [("a", "", 1), ("b", "keys", 4), ("b", "", 0), ("keys", "", 3), ("c.d", "keys", 5)],
)
def test_line_of_a_key(key: str, table: str, line: int) -> None:
    text = "a = 1\n\n[keys]\nb = 2\n'c.d' = 3\n"
    assert line_of(text, key, table) == line


async def test_problems_stand_on_the_screen_until_they_are_read() -> None:
    wrong = Preferences(problems=["config.toml, line 2: one", "config.toml, line 9: other"])
    async with opened(LOSSY, preferences=wrong) as pilot:
        await handled(pilot)
        assert isinstance(pilot.app.screen, PageScreen)
        assert all(line in screen_text(pilot) for line in ("line 2: one", "line 9: other"))
        await press(pilot, "escape")
        assert pilot.app.screen_stack[-1] == screen_of(pilot)


async def test_the_first_start_names_three_keys_until_one_is_pressed(config: Path) -> None:
    first = load()
    assert first.first_start
    async with opened(LOSSY, preferences=first) as pilot:
        assert "Enter: what happened · e: why · ?: all keys" in screen_text(pilot)
        await press(pilot, "j")
        assert "?: all keys" not in screen_text(pilot)
    assert not load().first_start


@pytest.mark.parametrize("numeric", [False, True])
async def test_ports_have_names_on_request(numeric: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "getservbyport", lambda port, protocol: NAMES[port])
    services.service_name.cache_clear()
    chosen = Preferences(columns=["number", "server", "service"])
    async with opened(LOSSY, look=Look(numeric=numeric), preferences=chosen) as pilot:
        assert ("http-alt" in screen_text(pilot)) is not numeric
    services.service_name.cache_clear()
