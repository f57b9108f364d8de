"""Copies a text to where the user can paste it, and says which way it went.

Over SSH the clipboard is at the other end of the terminal: tmux is asked to pass the text on, or
the terminal gets it in an OSC 52 sequence. Nobody acknowledges that, so what is said is where the
text was sent, never that it arrived.
"""

import base64
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from tcptui.capture.file_owner import give_to, invoker
from tcptui.terminal import crosses_network

Write = Callable[[str], object]
"""Writes to the terminal, in order with everything else that the screen draws."""

LONGEST_SEQUENCE: Final = 74_000
"""Most bytes of base64 that terminals commonly accept in one OSC 52 sequence."""

SCREEN_PIECE: Final = 240
"""GNU screen passes on what is shorter than 768 bytes, before 4.4 than 256; it drops the rest."""

TMUX_SECONDS: Final = 1.0
OLDEST_PASSING_TMUX: Final = (3, 2)
"""Since this version, `load-buffer -w` passes the text on to the outer terminal."""


MULTIPLEXERS: Final = ("tmux", "screen")
WITHOUT_CLIPBOARD: Final = ("", "dumb", "linux", "vt100", "vt220")
TOO_LONG: Final = "too long for the terminal's clipboard"


@dataclass(frozen=True)
class Copied:
    """Says where a text went. ``routes`` may be empty; ``path`` is the file that has it then."""

    routes: tuple[str, ...]
    path: str = ""
    note: str = ""

    def __str__(self) -> str:
        where = " and ".join(self.routes)
        told = f"sent to {where}" if where else "no clipboard accepted it"
        saved = f"saved as {self.path}" if self.path else ""
        return "; ".join(filter(None, (told, saved, self.note)))


def copy(
    text: str,
    write: Write | None = None,
    environment: Mapping[str, str] = os.environ,
    folder: str | None = None,
) -> Copied:
    """Send ``text`` by every way there is; it never raises.

    ``write`` is the screen driver's (None: there is no terminal to write to). A text that no way
    takes is saved to a file in ``folder`` (None: where temporary files belong).
    """
    routes: list[str] = []
    notes: list[str] = []
    for way in (by_tmux, by_terminal, by_desktop):
        route, note = way(text, write, environment)
        routes += [route] if route else []
        notes += [note] if note else []
    path = save(text, folder) if not routes or TOO_LONG in notes else ""
    return Copied(tuple(routes), path, "; ".join(notes))


Told = tuple[str, str]
"""A route in words (empty: not used) and what to know about it."""


def by_tmux(text: str, write: Write | None, environment: Mapping[str, str]) -> Told:
    """Give the text to the tmux server, which keeps it and passes it on to its own terminal."""
    tmux = tmux_command(environment)
    if not tmux:
        return "", ""
    passing = tmux_version(environment) >= OLDEST_PASSING_TMUX
    if not runs([*tmux, "load-buffer", *(["-w"] if passing else []), "-"], text, environment):
        return "", "tmux did not accept it"
    if not passing:
        return "the tmux buffer", "this tmux passes nothing on: paste with prefix ]"
    terminal, features = told_of_client(tmux, environment)
    if terminal.startswith(MULTIPLEXERS):
        return "the buffer of the inner tmux", "the outer one does not pass it on by itself"
    if features and "clipboard" not in features:
        return "the tmux buffer", "the terminal outside has no clipboard: paste with prefix ]"
    if len(encoded(text)) > LONGEST_SEQUENCE:
        return "the tmux buffer", TOO_LONG
    return "tmux and its terminal's clipboard", ""


def tmux_command(environment: Mapping[str, str]) -> list[str]:
    """Return how to talk to the tmux around this program; empty if there is none.

    sudo takes `$TMUX` away: then the invoking user's server is asked, where it has its socket.
    """
    if environment.get("TMUX"):
        return ["tmux"]
    inside = environment.get("TERM", "").startswith(MULTIPLEXERS) and not environment.get("STY")
    if not inside:
        return []
    from tcptui.capture.live.privileges import caller
    from tcptui.capture.live.refusal import Refusal

    try:
        user = caller(environment)
    except Refusal:
        return []
    folder = environment.get("TMUX_TMPDIR") or "/tmp"
    socket = f"{folder}/tmux-{user.uid}/default" if user else ""
    return ["tmux", "-S", socket] if user and os.path.exists(socket) else []  # noqa: PTH110


def tmux_version(environment: Mapping[str, str]) -> tuple[int, int]:
    """Return the version of ``tmux 3.3a`` and its like; one that is not told is taken as new."""
    found = re.search(r"(\d+)\.(\d+)", output(["tmux", "-V"], environment))
    return (int(found[1]), int(found[2])) if found else OLDEST_PASSING_TMUX


def told_of_client(tmux: list[str], environment: Mapping[str, str]) -> tuple[str, str]:
    """Return the name and the features of the terminal that tmux draws on."""
    said = output(
        [*tmux, "display-message", "-p", "#{client_termname} #{client_termfeatures}"], environment
    )
    terminal, _, features = said.partition(" ")
    return terminal, features


def by_terminal(text: str, write: Write | None, environment: Mapping[str, str]) -> Told:
    """Send OSC 52 to the terminal, wrapped for a multiplexer that is not asked in another way."""
    if write is None or tmux_command(environment):
        return "", ""
    terminal = environment.get("TERM", "")
    if terminal in WITHOUT_CLIPBOARD:
        return "", "this terminal has no clipboard"
    payload = encoded(text)
    if len(payload) > LONGEST_SEQUENCE:
        return "", TOO_LONG
    try:
        write(wrapped(f"\x1b]52;c;{payload}\x07", terminal))
    except Exception:  # a driver that is going down must not take the screen with it
        return "", "the terminal could not be written to"
    return "the terminal's clipboard (OSC 52)", ""


def encoded(text: str) -> str:
    return base64.b64encode(text.encode(errors="replace")).decode()


def wrapped(sequence: str, terminal: str) -> str:
    """Return the sequence as a multiplexer passes it on: for tmux, for GNU screen in pieces."""
    if terminal.startswith("tmux"):
        return sequence + "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    if terminal.startswith("screen"):
        pieces = (sequence[i : i + SCREEN_PIECE] for i in range(0, len(sequence), SCREEN_PIECE))
        return "".join(f"\x1bP{piece}\x1b\\" for piece in pieces)
    return sequence


def by_desktop(text: str, write: Write | None, environment: Mapping[str, str]) -> Told:
    """Use the clipboard of the desktop that this runs on; over SSH that would be the wrong one."""
    if crosses_network(environment) or not has_desktop(environment):
        return "", ""
    try:
        import pyperclip

        pyperclip.copy(text)
    except Exception:  # PyperclipException, and what a helper program does
        return "", "the desktop's clipboard did not accept it"
    return "the desktop's clipboard", ""


def has_desktop(environment: Mapping[str, str]) -> bool:
    named = ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME")
    return sys.platform in ("darwin", "win32") or any(environment.get(name) for name in named)


def save(text: str, folder: str | None) -> str:
    """Write the text to a new file that only its owner can read; return its name, or nothing."""
    try:
        handle, path = tempfile.mkstemp(prefix="tcptui-copied-", suffix=".txt", dir=folder)
        with os.fdopen(handle, "w", encoding="utf-8", errors="replace") as file:
            give_to(invoker(), handle)
            file.write(text)
    except OSError:
        return ""
    return path


def runs(command: list[str], text: str, environment: Mapping[str, str]) -> bool:
    """Return whether a command accepts the text on its standard input."""
    try:
        done = subprocess.run(
            command,
            input=text.encode(errors="replace"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=TMUX_SECONDS,
            env=dict(environment),
            check=False,
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


def output(command: list[str], environment: Mapping[str, str]) -> str:
    """Return what a command prints; nothing where it fails."""
    if shutil.which(command[0], path=environment.get("PATH")) is None:
        return ""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TMUX_SECONDS,
            env=dict(environment),
            check=False,
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()


@dataclass(frozen=True)
class Route:
    """One way to a clipboard: whether it is there, and what to know about it."""

    name: str
    there: bool
    about: str


def routes(environment: Mapping[str, str] = os.environ, drawn: bool = True) -> list[Route]:
    """Return all ways in the order in which they are tried; ``drawn``: there is a terminal."""
    return [tmux_route(environment), terminal_route(environment, drawn), desktop_route(environment)]


def tmux_route(environment: Mapping[str, str]) -> Route:
    tmux = tmux_command(environment)
    if not tmux:
        return Route("tmux", False, "not inside tmux")
    major, minor = tmux_version(environment)
    terminal, features = told_of_client(tmux, environment)
    setting = output([*tmux, "show-options", "-gv", "set-clipboard"], environment)
    about = [f"tmux {major}.{minor}", f"set-clipboard {setting or 'unknown'}"]
    if (major, minor) < OLDEST_PASSING_TMUX:
        about.append("too old to pass the text on: it stays in tmux's buffer")
    elif terminal.startswith(MULTIPLEXERS):
        about.append("inside another multiplexer: only the inner buffer has the text")
    elif features and "clipboard" not in features:
        about.append(f"its terminal ({terminal}) has no clipboard: paste with prefix ]")
    else:
        about.append(f"passes the text on to its terminal ({terminal or 'unknown'})")
    return Route("tmux", True, ", ".join(about))


def terminal_route(environment: Mapping[str, str], drawn: bool) -> Route:
    name = "terminal (OSC 52)"
    terminal = environment.get("TERM", "")
    if not drawn:
        return Route(name, False, "standard output is not a terminal")
    if tmux_command(environment):
        return Route(name, False, "tmux is asked instead")
    if terminal in WITHOUT_CLIPBOARD:
        return Route(
            name, False, f"a terminal of the kind {terminal or '(unset)'} has no clipboard"
        )
    wrapping = ", wrapped for the multiplexer" if terminal.startswith(MULTIPLEXERS) else ""
    about = f"TERM={terminal}{wrapping}, up to {LONGEST_SEQUENCE:,} bytes of base64"
    return Route(name, True, f"{about}; some terminals have it switched off, and none answers")


def desktop_route(environment: Mapping[str, str]) -> Route:
    name = "desktop (pyperclip)"
    if crosses_network(environment):
        return Route(name, False, "over SSH it would be the clipboard of the wrong machine")
    if not has_desktop(environment):
        return Route(name, False, "no display: neither DISPLAY nor WAYLAND_DISPLAY is set")
    helpers = ("wl-copy", "xclip", "xsel", "pbcopy", "clip.exe")
    found = [one for one in helpers if shutil.which(one, path=environment.get("PATH"))]
    if not found:
        return Route(name, False, "none of wl-copy, xclip, xsel is installed")
    return Route(name, True, f"through {found[0]}")
