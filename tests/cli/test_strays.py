"""What a thread or a finalizer raises, and nobody gets, is told in one line with a crash note."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = """
import threading
from tcptui import cli
from tcptui.start import run

class Fragile:
    def __del__(self):
        {error}

def fail():
    {error}

def main():
    {how}
    return 0

cli.main = main
run()
"""
THREAD = "thread = threading.Thread(target=fail); thread.start(); thread.join()"
FINALIZER = "Fragile()"


@pytest.mark.parametrize("how", [THREAD, FINALIZER])
@pytest.mark.parametrize(
    ("error", "said", "notes"),
    [
        ("raise KeyError('\\x1b[2J')", "tcptui: this is a bug (KeyError); please report it", 1),
        ("raise MemoryError", "tcptui: not enough memory", 0),
        ("raise SystemExit(3)", "", 0),
    ],
)
def test_it_is_one_line(how: str, error: str, said: str, notes: int, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(how=how, error=error)],
        capture_output=True, text=True, check=False, cwd=ROOT, env={"TMPDIR": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 0
    assert len(done.stderr.splitlines()) == bool(said)
    assert done.stderr.startswith(said)
    assert len(list(tmp_path.glob("tcptui-crash-*.txt"))) == notes
