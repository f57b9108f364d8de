"""Holds the colours: every style name that the drawing uses, in each palette.

A style never stands alone: what it tells is also told by a letter, a word or the form of a line.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from rich.style import Style


@dataclass
class Look:
    """The looks and manners of the screen; all panes share one and read it when they paint."""

    palette: str = "dark"
    ascii: bool = False
    calm: bool = False
    numeric: bool = False  # ports have no names


class Palette(NamedTuple):
    """One look. ``styles`` and ``grounds`` are Rich style definitions; a ground lies under a whole
    row. ``background`` None is the terminal's own."""

    name: str
    dark: bool
    background: str | None
    styles: dict[str, str]
    grounds: dict[str, str]


def palette(
    name: str,
    dark: bool,
    background: str | None,
    *,
    text: str,
    dim: str,
    line: str,
    client: str,
    server: str,
    error: str,
    warning: str,
    note: str,
    good: str,
    cursor: str,
    resting: str,
    marked: str,
) -> Palette:
    """Return a palette made from its colours."""
    styles = {
        "text": text,
        "dim": dim,
        "chat": dim,
        "note": note,
        "warning": warning,
        "error": f"bold {error}",
        "good": good,
        "client": client,
        "server": server,
        "client-state": client,
        "server-state": server,
        "client-head": f"bold {client}",
        "server-head": f"bold {server}",
        "fold": dim,
        "gap": f"italic {dim}",
        "event": warning,
        "head": dim,
        "head-sorted": f"bold {text}",
        "rule": line,
        "title": text,
        "title-focus": f"bold reverse {text}",
        "key": f"bold {text}",
        "brand": f"bold {client}",
        "box": dim,
        "box-path": f"bold {text}",
        "box-client": f"bold reverse {client}",
        "box-server": f"bold reverse {server}",
        "box-both": f"bold reverse {good}",
        "edge": line,
        "edge-client": client,
        "edge-server": server,
        "edge-both": good,
        "edge-now": f"bold {text}",
        "edge-label": f"bold {text}",
        "hit": f"reverse {note}",
        "link": f"underline {client}",
        "link-here": f"bold reverse {client}",
    }
    grounds = {
        "": "",
        "cursor": f"on {cursor}" if cursor != "reverse" else "reverse",
        "resting": f"on {resting}" if resting != "underline" else "underline",
        "marked": f"on {marked}" if marked != "bold" else "bold",
    }
    return Palette(name, dark, background, styles, grounds)


PALETTES: Final[dict[str, Palette]] = {
    p.name: p
    for p in (
        palette(
            "dark", True, "#12161b",
            text="#d8dee6", dim="#a2adb8", line="#58636e",
            client="#6cb6ff", server="#e5a0ff", error="#ff8078", warning="#f2cc60",
            note="#d3c28a", good="#7ee787", cursor="#2c3d52", resting="#232a33", marked="#2a2440",
        ),
        palette(
            "light", False, "#fbfbf8",
            text="#1f2328", dim="#5b636c", line="#9aa3ac",
            client="#0957b4", server="#a626a4", error="#b3121d", warning="#7d4e00",
            note="#6b5900", good="#116329", cursor="#cfe3fb", resting="#e8eaed", marked="#eadcf7",
        ),
        palette(
            "blue-orange", True, "#101418",
            text="#e4e7eb", dim="#a6b0bb", line="#5f6a75",
            client="#7cb9ff", server="#ffb454", error="#ffffff", warning="#e0e6ee",
            note="#cfd8e3", good="#a9c7ff", cursor="#3a3f00", resting="#262a2f", marked="#1d3350",
        ),
        palette(
            "blue-orange-light", False, "#ffffff",
            text="#16191d", dim="#545c65", line="#98a1ab",
            client="#00509e", server="#8f4700", error="#000000", warning="#30383f",
            note="#3d4650", good="#003f7f", cursor="#ffe2a8", resting="#e9ebee", marked="#cfe3ff",
        ),
        palette(
            "terminal", True, None,
            text="default", dim="bright_black", line="bright_black",
            client="bright_cyan", server="bright_magenta", error="bright_red",
            warning="bright_yellow", note="yellow", good="bright_green",
            cursor="reverse", resting="underline", marked="bold",
        ),
        palette(
            "terminal-light", False, None,
            text="default", dim="bright_black", line="bright_black",
            client="blue", server="magenta", error="red",
            warning="red", note="default", good="green",
            cursor="reverse", resting="underline", marked="bold",
        ),
    )
}  # fmt: skip
"""The palettes by name. The two ``blue-orange`` ones are safe for colour-blind eyes; the two
``terminal`` ones use the 16 colours of the user's terminal and cost the fewest bytes."""


@lru_cache(maxsize=4096)
def style(palette: str, name: str, ground: str) -> Style:
    """Return the Rich style of a style name over a ground. What the terminal has anyway is left
    out, as it costs bytes."""
    chosen = PALETTES[palette]
    words = chosen.styles[name].split()
    return Style.parse(" ".join(word for word in words if word != "default")) + Style.parse(
        chosen.grounds[ground]
    )


@lru_cache(maxsize=4096)
def blank(palette: str, name: str, ground: str) -> str:
    """Return the style name that a space may be drawn in: one for all that look the same."""
    chosen = PALETTES[palette]
    told = f"{chosen.styles[name]} {chosen.grounds[ground]}"
    return name if "reverse" in told or "underline" in told else ""
