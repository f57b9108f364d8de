"""Copying in real terminals: a bare pty, tmux in a pty, tmux in tmux, and none at all."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tcptui import clipboard
from tests.clipboard.terminals import ROOT, Terminal, program

TEXT = "ip.addr == 10.0.0.1 && tcp.port == 443  # Grüße → 'quoted'\nsecond line"

needs_tmux = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
needs_screen = pytest.mark.skipif(
    shutil.which("screen") is None, reason="GNU screen is not installed"
)


def environment(**changes: str) -> dict[str, str]:
    """That of a login over SSH, with nothing of the terminal that the tests run in."""
    gone = ("TMUX", "TMUX_PANE", "STY", "DISPLAY", "WAYLAND_DISPLAY", "SUDO_UID", "TERM")
    kept = {name: value for name, value in os.environ.items() if name not in gone}
    return kept | {"PYTHONPATH": str(ROOT), "SSH_CONNECTION": "a 1 b 22", **changes}


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """The text to copy, and the file that will say where it went."""
    text = tmp_path / "text"
    text.write_text(TEXT)
    return text, tmp_path / "said"


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[list[str]]:
    """tmux as it comes, with a server of its own."""
    command = ["tmux", "-S", str(tmp_path / "socket"), "-f", "/dev/null"]
    yield command
    subprocess.run([*command, "kill-server"], capture_output=True, check=False)


def test_bare_terminal_gets_osc_52(files: tuple[Path, Path]) -> None:
    terminal = Terminal(program(*files), environment(TERM="xterm-256color"))
    terminal.read_until(files[1])
    terminal.close()
    assert terminal.clipboard == [TEXT]
    assert files[1].read_text() == "sent to the terminal's clipboard (OSC 52)"


@needs_tmux
def test_stock_tmux_passes_the_text_on(files: tuple[Path, Path], tmux: list[str]) -> None:
    command = [*tmux, "new-session", *program(*files), ";", "set", "remain-on-exit", "on"]
    terminal = Terminal(command, environment(TERM="xterm-256color"))
    terminal.read_until(files[1])
    buffer = subprocess.run([*tmux, "show-buffer"], capture_output=True, text=True, check=True)
    subprocess.run([*tmux, "kill-server"], check=False)
    terminal.close()
    assert buffer.stdout == TEXT
    assert terminal.clipboard == [TEXT]
    assert files[1].read_text() == "sent to tmux and its terminal's clipboard"


@needs_tmux
def test_tmux_on_a_terminal_without_clipboard_says_so(
    files: tuple[Path, Path], tmux: list[str]
) -> None:
    command = [*tmux, "new-session", *program(*files), ";", "set", "remain-on-exit", "on"]
    terminal = Terminal(command, environment(TERM="vt100"))
    terminal.read_until(files[1])
    subprocess.run([*tmux, "kill-server"], check=False)
    terminal.close()
    assert terminal.clipboard == []
    assert files[1].read_text().startswith("sent to the tmux buffer; the terminal outside has no")


@needs_tmux
def test_inner_tmux_says_that_only_its_buffer_has_it(
    files: tuple[Path, Path], tmux: list[str], tmp_path: Path
) -> None:
    inner = ["tmux", "-S", str(tmp_path / "inner"), "-f", "/dev/null"]
    nested = ["env", "-u", "TMUX", *inner, "new-session", *program(*files), ";", "set"]
    command = [*tmux, "new-session", *nested, "remain-on-exit", "on"]
    terminal = Terminal([part.replace(";", r"\;") for part in command], environment(TERM="xterm"))
    terminal.read_until(files[1])
    for server in (inner, tmux):
        subprocess.run([*server, "kill-server"], capture_output=True, check=False)
    terminal.close()
    assert files[1].read_text().startswith("sent to the buffer of the inner tmux")
    assert terminal.clipboard == []


@needs_screen
@pytest.mark.parametrize("text", [TEXT, TEXT * 40], ids=["short", "in pieces"])
def test_gnu_screen_passes_the_text_on(text: str, files: tuple[Path, Path], tmp_path: Path) -> None:
    files[0].write_text(text)
    sockets = tmp_path / "sockets"
    sockets.mkdir(mode=0o700)
    command = ["screen", "-c", "/dev/null", "-S", "copying", *program(*files)]
    terminal = Terminal(command, environment(TERM="xterm", SCREENDIR=str(sockets)))
    terminal.read_until(files[1])
    terminal.close()
    assert terminal.clipboard == [text]
    assert files[1].read_text() == "sent to the terminal's clipboard (OSC 52)"


def test_no_clipboard_at_all_leaves_a_file(tmp_path: Path) -> None:
    copied = clipboard.copy(TEXT, None, environment(), str(tmp_path))
    assert copied.routes == ()
    assert Path(copied.path).read_text() == TEXT
    assert Path(copied.path).stat().st_mode & 0o777 == 0o600
    assert copied.path in str(copied)


def test_too_long_for_the_terminal_goes_to_a_file(tmp_path: Path) -> None:
    written: list[str] = []
    copied = clipboard.copy("x" * 60_000, written.append, environment(TERM="xterm"), str(tmp_path))
    assert written == []
    assert "too long" in str(copied)
    assert len(Path(copied.path).read_text()) == 60_000


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("xterm", ["\x1b]52;c;aGk=\x07"]),
        ("tmux-256color", ["\x1b]52;c;aGk=\x07\x1bPtmux;\x1b\x1b]52;c;aGk=\x07\x1b\\"]),
        ("screen", ["\x1bP\x1b]52;c;aGk=\x07\x1b\\"]),
        ("dumb", []),
    ],
)
def test_sequences_are_wrapped_for_multiplexers(
    term: str, expected: list[str], tmp_path: Path
) -> None:
    written: list[str] = []
    clipboard.copy("hi", written.append, environment(TERM=term), str(tmp_path))
    assert written == expected


def test_screen_gets_pieces_that_it_passes_on() -> None:
    sequence = "\x1b]52;c;" + "A" * 2000 + "\x07"
    pieces = clipboard.wrapped(sequence, "screen.xterm").split("\x1b\\")[:-1]
    assert all(piece.startswith("\x1bP") and len(piece) < 256 for piece in pieces)
    assert "".join(piece.removeprefix("\x1bP") for piece in pieces) == sequence


def test_nothing_that_fails_raises(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pyperclip

    def fail(text: str) -> None:
        raise pyperclip.PyperclipException("no clipboard")

    monkeypatch.setattr(pyperclip, "copy", fail)
    around = environment(TERM="xterm", TMUX="/nowhere,1,0", DISPLAY=":99") | {"SSH_CONNECTION": ""}
    copied = clipboard.copy("\ud800", fail, around, str(tmp_path / "missing"))
    assert copied.routes == ()
    assert copied.path == ""
    assert "did not accept it" in str(copied)


@pytest.mark.parametrize(
    ("caller", "asks"),
    [
        ({"SUDO_UID": "4711", "SUDO_GID": "4711"}, True),
        ({"PKEXEC_UID": "4711", "SUDO_GID": "4711"}, True),
        ({"SUDO_UID": "4712", "SUDO_GID": "4712"}, False),
        ({"SUDO_UID": "../tmux-4711"}, False),
        ({}, False),
    ],
)
def test_the_callers_tmux_is_asked_where_sudo_took_its_name_away(
    caller: dict[str, str], asks: bool, tmp_path: Path
) -> None:
    socket = tmp_path / "tmux-4711" / "default"
    socket.parent.mkdir()
    socket.touch()
    around = {"TERM": "tmux-256color", "TMUX_TMPDIR": str(tmp_path), **caller}
    assert clipboard.tmux_command(around) == (["tmux", "-S", str(socket)] if asks else [])
