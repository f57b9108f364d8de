"""The file that the user writes: what it says, for commands and the screen alike.

``$XDG_CONFIG_HOME/tcptui/config.toml`` (``~/.config``) is read only; docs/keys.md documents it.
"""

import os
import re
from typing import Any


def folder(variable: str, default: str) -> str:
    """Return a folder of the XDG base directory specification. Raises FileNotFoundError where there
    is no home."""
    base = os.environ.get(variable, "")
    if base.startswith("/"):
        return f"{base}/tcptui"
    # pathlib, which every command would load for this, takes longer than a small report.
    home = os.path.expanduser("~")  # noqa: PTH111
    if not home.startswith("/"):
        raise FileNotFoundError("there is no home")
    return f"{home}/{default}/tcptui"


def config_file() -> str:
    """Return the path of the file. Raises FileNotFoundError where there is no home."""
    return f"{folder('XDG_CONFIG_HOME', '.config')}/config.toml"


def from_toml(text: str) -> dict[str, Any]:
    """Return what a TOML document holds. ValueError."""
    import tomllib

    return tomllib.loads(text)


def line_of(text: str, key: str, table: str = "") -> int:
    """Return the line of a TOML document, from 1, on which a key is given; 0 where it is not
    found."""
    inside = ""
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*\[\s*([\w.-]+)\s*\]", line)
        given = re.match(r"""\s*(["']?)([^"'=]+?)\1\s*=""", line)
        inside = header[1] if header else inside
        if inside == table and given and given[2] == key:
            return number
        if not table and header and header[1] == key:
            return number
    return 0


def configured_rules() -> object:
    """Return what the file says under ``rules``; None where it says nothing or there is none.
    Raises OSError, ValueError."""
    try:
        with open(config_file(), encoding="utf-8") as file:  # noqa: PTH123
            return from_toml(file.read()).get("rules")
    except (FileNotFoundError, NotADirectoryError):
        return None
