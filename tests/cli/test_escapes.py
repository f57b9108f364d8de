"""No text from outside reaches the terminal as it is: every way out is walked with a hostile one.

The text sets titles and colours, writes to the clipboard, turns the direction of writing, and has
bytes that are no UTF-8.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tcptui.capture.formats.framer import Interface
from tcptui.capture.live import interfaces
from tcptui.capture.writer import Packet, save
from tcptui.escapes import visible, visible_lines
from tcptui.filters.filter_error import FilterError

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "samples" / "openings.pcapng"

TITLE = "\x1b]0;PWNED\x07"
HOSTILE = f"{TITLE}\x1b[31m\x1b]52;c;cHduZWQ=\x1b\\\x9b2J\u202ertl\u2066\u200b\x7f\r\b\udcff"

SSH = f"""#!{sys.executable}
import os, struct, sys
hostile = {os.fsencode(HOSTILE)!r}
sys.stderr.buffer.write(hostile + b"\\nlast " + hostile + b"\\n")
sys.stderr.flush()
mode = os.environ["MODE"]
if mode == "junk":
    os.write(1, hostile * 3)
else:
    os.write(1, struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
    os.write(1, struct.pack("<IIII", 1, 1, 2**32 - 1, 60) if mode == "broken" else b"")
sys.exit(mode == "fails" and 255)
"""


def harmless(text: bytes) -> str:
    """What was printed, in which there is nothing that a terminal obeys."""
    lines = text.decode()
    assert all(c.isprintable() or c in "\n\t" for c in lines), lines
    return lines


WAYS = {
    "a file's name": ["report", "/nowhere/{}"],
    "a folder's name": ["packets", "{tmp}"],
    "a command's word": ["doctor", "{}"],
    "an option's name": ["report", "--{}"],
    "an option's value": ["packets", str(SAMPLE), "-c", "{}"],
    "a letter's value": ["packets", str(SAMPLE), "-s", "{}"],
    "a format": ["report", str(SAMPLE), "--format", "{}"],
    "a field": ["packets", str(SAMPLE), "-e", "{}"],
    "a frame": ["explain", str(SAMPLE), "{}"],
    "a filter's second line": ["packets", str(SAMPLE), "-Y", "tcp.port == {}"],
    "a filter's text": ["packets", str(SAMPLE), "-Y", 'tcp.payload matches "({}"'],
    "a capture filter": ["packets", "-r", str(SAMPLE), "tcp port {}"],
    "an output's name": ["packets", str(SAMPLE), "-w", "/nowhere/{}"],
    "a spool's folder": ["packets", str(SAMPLE), "-Y", "tcp.payload", "--spool", "/nowhere/{}"],
    "an interface": ["packets", "-i", "{}"],
    "an interface there": ["packets", "-i", "ssh://host/{}"],
    "a host": ["packets", "-i", "ssh://{}"],
    "a remote's words": ["packets", "-i", "ssh://host/eth0"],
    "a file's name in the report": ["report", "{capture}", "--format", "md"],
    "a capture's texts in the report": ["report", "{capture}"],
    "a capture's texts in its rows": ["packets", "{capture}"],
    "a capture's texts in evidence": ["explain", "{capture}", "1"],
    "a damaged capture's name": ["packets", "{damaged}"],
}
MODES = ("junk", "header", "broken", "fails")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hostile folder: captures with such names and texts, and an ssh."""
    made = tmp_path_factory.mktemp("captures") / HOSTILE.replace("/", "")
    made.mkdir()
    place = Interface(0, 1, 65535)
    place.name = place.description = place.hardware = place.system = HOSTILE
    place.filter = place.comment = HOSTILE
    frame = bytes(12) + b"\x08\x00" + bytes.fromhex(
        "4500002800004000400600000a0000010a000002 04d20050 0000000000000000 50021000 00000000"
    )  # fmt: skip
    packet = Packet(10**18, 0, len(frame), frame, (HOSTILE,))
    save(str(made / "capture.pcapng"), [packet], [place])
    whole = (made / "capture.pcapng").read_bytes()
    (made / "damaged.pcapng").write_bytes(whole[:-4] + b"\xff" * 4 + b"\xff" * 40)
    ssh = made.parent / "ssh"
    ssh.write_text(SSH)
    ssh.chmod(0o755)
    return made


def tcptui(folder: Path, *arguments: str, **environment: str) -> tuple[str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "tcptui.cli", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        cwd=ROOT,
        timeout=60,
        env=os.environ | {"PATH": f"{folder.parent}:{os.environ['PATH']}"} | environment,
    )
    assert b"Traceback" not in done.stderr
    assert b"this is a bug" not in done.stderr
    return harmless(done.stdout), harmless(done.stderr)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_every_way_to_the_terminal(way: list[str], folder: Path) -> None:
    values = {
        "{}": HOSTILE,
        "{tmp}": str(folder),
        "{capture}": str(folder / "capture.pcapng"),
        "{damaged}": str(folder / "damaged.pcapng"),
    }
    arguments = []
    for word in way:
        for mark, value in values.items():
            word = word.replace(mark, value)
        arguments.append(word)
    out, err = tcptui(folder, *arguments, MODE="junk")
    assert out or err


@pytest.mark.parametrize("mode", MODES)
def test_a_remote_hosts_words(mode: str, folder: Path) -> None:
    _, err = tcptui(folder, "report", "-i", "ssh://host/eth0", MODE=mode)
    assert f"last {visible(HOSTILE[:-1])}" in err


def test_doctor(folder: Path) -> None:
    tool = folder / "tcpdump"
    tool.write_text("#!/bin/sh\n")
    tool.chmod(0o755)
    out, err = tcptui(folder, "doctor", TERM=HOSTILE, PATH=str(folder), TMPDIR=str(folder))
    assert out.count("PWNED") == 2
    assert not err


def test_the_list_of_interfaces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tcptui.capture.live.libpcap.devices", lambda: [(HOSTILE, HOSTILE, 2)])
    assert harmless(interfaces.listing().encode()).count("PWNED") == 2


def test_the_mark_under_a_filter_stands_under_its_place() -> None:
    source = f"tcp == {TITLE} && x"
    above, below = FilterError("wrong", source, source.rindex("x") + 1).pointed().split("\n")
    assert above == r"tcp == \x1b]0;PWNED\x07 && x"
    assert below == " " * above.rindex("x") + "^"
    _, below = FilterError("wrong", source, source.index("\x1b") + 1, 2).pointed().split("\n")
    assert below == "       ^^^^^"


SHOWN: list[tuple[Callable[[str], str], str, str]] = [
    (visible, "plain, ünïcode, 漢字", "plain, ünïcode, 漢字"),
    (visible, "\x1b\n\t\x9b\x7f", r"\x1b\n\t\x9b\x7f"),
    (visible, "\u202e\u2066\u200b\u2028", r"\u202e\u2066\u200b\u2028"),
    (visible, os.fsdecode(b"a\xff\x80b"), r"a\xff\x80b"),
    (visible, "\ud800\udfff", r"\ud800\udfff"),
    (visible_lines, "a\tb\x1b\nc\u2028\r\n", "a\tb\\x1b\nc\\u2028\\r\n"),
]


@pytest.mark.parametrize(("show", "text", "shown"), SHOWN, ids=range(len(SHOWN)))
def test_how_it_is_shown(show: Callable[[str], str], text: str, shown: str) -> None:
    assert show(text) == shown
