"""A program in the place of ssh, which sends what a test says."""

import os
import sys
from pathlib import Path

import pytest

from tcptui.capture.live.live_capture import LiveCapture
from tcptui.capture.live.live_options import LiveOptions

URL = "ssh://host/eth0"

PRELUDE = f"""\
#!{sys.executable}
import os, signal, struct, sys, time
def head(magic=0xA1B2C3D4, order="<", snaplen=65535, link=1):
    os.write(1, struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, snaplen, link))
def packet(captured=60, original=60, fraction=1, order="<", data=None):
    os.write(1, struct.pack(order + "IIII", 1, fraction, captured, original)
             + (bytes(captured) if data is None else data))
def say(text):
    os.write(2, text)
"""


def write_ssh(folder: Path, does: str) -> None:
    """The program; `does` is Python that may call head, packet and say."""
    ssh = folder / "ssh"
    ssh.write_text(f"{PRELUDE}{does}\n")
    ssh.chmod(0o755)


def remote(
    folder: Path, does: str, monkeypatch: pytest.MonkeyPatch, write: str | None = None
) -> LiveCapture:
    """A capture there that has not begun."""
    write_ssh(folder, does)
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
    return LiveCapture(LiveOptions([URL], spool=str(folder), write=write))
