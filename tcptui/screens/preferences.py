"""Keeps what the user has chosen: a documented TOML file to write, and what the program remembers.

``$XDG_CONFIG_HOME/tcptui/config.toml`` (``~/.config``) is read only; docs/keys.md documents it.
``$XDG_STATE_HOME/tcptui/remembered.json`` (``~/.local/state``) keeps the columns.
"""

import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from tcptui.capture.file_owner import make_folders, new_file, owner_above
from tcptui.configuration import config_file, folder, from_toml, line_of
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
    cache: bool = True  # the flow list is kept for the next time
    keys: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    first_start: bool = False  # nothing is remembered yet


REMEMBERED = ("columns",)
TIMES = ("delta", "start", "clock")


def memory_file() -> str:
    """Return the path of what is remembered. Raises FileNotFoundError where there is no home."""
    return f"{folder('XDG_STATE_HOME', '.local/state')}/remembered.json"


def has_memory() -> bool:
    """Return whether anything is remembered."""
    try:
        return Path(memory_file()).exists()
    except OSError:
        return False


def load() -> Preferences:
    """Return what is remembered, and over it what the user wrote. Never raises."""
    chosen = Preferences(first_start=not has_memory())
    for path_of, parse in ((memory_file, json.loads), (config_file, from_toml)):
        file = Path()
        try:
            file = Path(path_of())
            text = file.read_text("utf-8")
            take_values(chosen, parse(text), file.name, text)
        except FileNotFoundError:
            continue
        except (OSError, ValueError) as error:
            chosen.problems.append(f"{file}: none of it is used: {error}")
    return chosen


def one_of(known: Iterable[str]) -> Callable[[Any], str]:
    """Return a check that says what is allowed where a value is none of these."""
    names = list(known)

    def wrong(value: Any) -> str:
        return "" if value in names else f"is not known; it may be {', '.join(names)}"

    return wrong


def wrong_columns(value: Any) -> str:
    """Return what is wrong with a list of columns."""
    if not isinstance(value, list) or not value:
        return 'is not a list of columns, as in ["number", "client"]'
    unknown = [repr(id) for id in value if id not in BY_ID]
    return f"has no columns {', '.join(unknown)}; there are {', '.join(BY_ID)}" if unknown else ""


def wrong_flag(value: Any) -> str:
    return "" if isinstance(value, bool) else "is neither true nor false"


CHECKS: Final[Mapping[str, Callable[[Any], str]]] = {
    "palette": one_of(PALETTES),
    "columns": wrong_columns,
    "sort": one_of(BY_ID),
    "time": one_of(TIMES),
    "rules": one_of(RULE_SETS),
    "utc": wrong_flag,
    "cache": wrong_flag,
}
"""What may be chosen, and what returns in words what is wrong with a value."""


def take_values(chosen: Preferences, found: Any, name: str, text: str) -> None:
    """Put what a file says into ``chosen``; say of the rest where it stands and what would be
    allowed."""
    if not isinstance(found, dict):
        chosen.problems.append(f"{name}: not a table")
        return
    for key, value in found.items():
        if key == "keys":
            take_keys(chosen, value, name, text)
            continue
        check = CHECKS.get(key)
        settings = ", ".join([*CHECKS, "keys"])
        wrong = check(value) if check else f"is not a setting; the settings are {settings}"
        if wrong:
            chosen.problems.append(
                f"{location_of(name, text, key)}: {key} = {shown(value)} {wrong}"
            )
        else:
            setattr(chosen, key, value)


def take_keys(chosen: Preferences, found: Any, name: str, text: str) -> None:
    """Take the keys that are given to names of actions that there are."""
    if not isinstance(found, dict):
        chosen.problems.append(
            f"{location_of(name, text, 'keys')}: keys is not a table, as in [keys]"
        )
        return
    from tcptui.screens.key_names import like, names

    known = names()
    for id, keys in found.items():
        where = location_of(name, text, id, "keys")
        if id not in known:
            near = like(id, known)
            chosen.problems.append(f'{where}: "{id}" is not a name in docs/keys.md{near}')
        elif not isinstance(keys, str):
            chosen.problems.append(
                f'{where}: "{id}" = {shown(keys)} is not text such as "x,ctrl+n"'
            )
        else:
            chosen.keys[id] = keys


def location_of(name: str, text: str, key: str, table: str = "") -> str:
    """Return a file's name with the line on which a key is given."""
    line = line_of(text, key, table)
    return f"{name}, line {line}" if line else name


def shown(value: Any) -> str:
    """Return a value as TOML writes it, near enough."""
    return json.dumps(value, ensure_ascii=False, default=str)


def write_memory(text: str) -> None:
    """Write what is remembered, as the owner of the folder that it is in: sudo may leave us root
    with the home of its caller. Raises OSError."""
    file = Path(memory_file())
    if file.exists():
        file.write_text(text, "utf-8")
        return
    owner = owner_above(str(file))
    make_folders(str(file.parent), owner)
    with os.fdopen(new_file(str(file), owner), "wb") as new:
        new.write(text.encode())


def remember_start() -> None:
    """Keep that the program was used, where nothing else is kept yet."""
    try:
        if not has_memory():
            write_memory("{}")
    except OSError:
        return


def remember(chosen: Preferences) -> None:
    """Keep what was chosen on the screen for the next time, if there is a home folder."""
    values = asdict(chosen)
    try:
        write_memory(json.dumps({key: values[key] for key in REMEMBERED}))
    except OSError:
        return
