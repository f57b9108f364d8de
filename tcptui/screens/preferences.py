"""Keeps what the user has chosen: a documented TOML file to write, and what the program remembers.

``$XDG_CONFIG_HOME/tcptui/config.toml`` (``~/.config``) is read only; docs/keys.md documents it.
``$XDG_STATE_HOME/tcptui/remembered.json`` (``~/.local/state``) keeps columns and sort order.
"""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tcptui.configuration import config_file, folder, from_toml
from tcptui.engine.wireshark.rule_sets import RULE_SETS
from tcptui.panes.flows.drawing import BY_ID, DEFAULT, SORT_DEFAULT
from tcptui.theme import PALETTES


@dataclass
class Preferences:
    """Holds everything that can be chosen; ``problems`` are lines about what could not be read."""

    palette: str = ""
    columns: list[str] = field(default_factory=lambda: list(DEFAULT))
    sort: str = SORT_DEFAULT
    time: str = "delta"
    utc: bool = False
    rules: str = ""
    keys: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


REMEMBERED = ("columns",)
TIMES = ("delta", "start", "clock")


def memory_file() -> str:
    """Return the path of what is remembered. Raises FileNotFoundError where there is no home."""
    return f"{folder('XDG_STATE_HOME', '.local/state')}/remembered.json"


def load() -> Preferences:
    """Return what is remembered, and over it what the user wrote. Never raises."""
    chosen = Preferences()
    for place, parse in ((memory_file, json.loads), (config_file, from_toml)):
        try:
            file = Path(place())
            take_values(chosen, parse(file.read_text("utf-8")), file.name)
        except FileNotFoundError:
            continue
        except (OSError, ValueError) as error:
            chosen.problems.append(f"{file}: {error}")
    return chosen


def take_values(chosen: Preferences, found: Any, name: str) -> None:
    """Put what a file says into ``chosen``; report what makes no sense, and leave it out."""
    checks = {
        "palette": lambda v: v in PALETTES,
        "columns": lambda v: isinstance(v, list) and bool(v) and all(id in BY_ID for id in v),
        "sort": lambda v: v in BY_ID,
        "time": lambda v: v in TIMES,
        "rules": lambda v: v in RULE_SETS,
        "utc": lambda v: isinstance(v, bool),
        "keys": lambda v: isinstance(v, dict) and all(isinstance(k, str) for k in v.values()),
    }
    if not isinstance(found, dict):
        chosen.problems.append(f"{name}: not a table")
        return
    for key, value in found.items():
        try:
            known = key in checks and checks[key](value)
        except TypeError:
            known = False
        if known:
            setattr(chosen, key, value)
        else:
            chosen.problems.append(f"{name}: {key} = {value!r} makes no sense here")


def remember(chosen: Preferences) -> None:
    """Keep what was chosen on the screen for the next time, if there is a home folder."""
    values = asdict(chosen)
    try:
        file = Path(memory_file())
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({key: values[key] for key in REMEMBERED}), "utf-8")
    except OSError:
        return
