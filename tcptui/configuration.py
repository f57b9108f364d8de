"""The file that the user writes: what it says, for commands and the screen alike.

``$XDG_CONFIG_HOME/tcptui/config.toml`` (``~/.config``) is read only; docs/keys.md documents it.
"""

import os
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


def configured_rules() -> object:
    """Return what the file says under ``rules``; None where it says nothing or is unreadable."""
    try:
        with open(config_file(), encoding="utf-8") as file:  # noqa: PTH123
            return from_toml(file.read()).get("rules")
    except (OSError, ValueError):
        return None
