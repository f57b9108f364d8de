"""Names of files that are not UTF-8 are shown with their bytes as escapes, in every output."""

import json
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from tcptui.escapes import decoded, visible

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "samples" / "openings.pcapng"
NAME = b"caf\xe9 \xff.pcapng"
SHOWN = "caf\\xe9 \\xff.pcapng"
ASCII = os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


def run(
    folder: Path,
    *arguments: str | bytes,
    env: dict[str, str] | None = None,
    stdin: bytes = b"",
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "tcptui", *arguments], capture_output=True, check=False, cwd=folder,
        env=(env or dict(os.environ)) | {"PYTHONPATH": str(ROOT)}, input=stdin,
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Holds a damaged capture, which warnings name too."""
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + NAME)).write_bytes(
            SAMPLE.read_bytes()[:-40]
        )
    except OSError:
        pytest.skip("this file system takes no such name")
    return tmp_path


@pytest.mark.parametrize("env", [None, ASCII], ids=["utf-8", "ascii"])
def test_json_names_it(folder: Path, env: dict[str, str] | None) -> None:
    done = run(folder, "report", NAME, env=env)
    facts = json.loads(done.stdout)["capture"]
    assert facts["files"] == [SHOWN]
    assert facts["warnings"][0].startswith(f"{SHOWN}, byte ")
    assert done.stderr.decode().startswith(f"tcptui: {SHOWN}, byte ")
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["report", "--format", "md"], 0),
        (["report", "--format", "csv"], 0),
        (["packets"], 0),
        (["packets", "-w", "/nowhere/at/all"], 3),
    ],
    ids=str,
)
def test_whatever_is_printed_is_utf_8(folder: Path, arguments: list[str], code: int) -> None:
    done = run(folder, *arguments, NAME, env=ASCII)
    assert done.returncode == code
    assert "\\udc" not in (done.stdout + done.stderr).decode()


def test_a_ticket_has_its_hash(folder: Path) -> None:
    digest = sha256((folder / os.fsdecode(NAME)).read_bytes()).hexdigest()
    done = run(folder, "report", "--format", "md", NAME)
    assert f"- File: `{SHOWN}`, {SAMPLE.stat().st_size - 40:,} bytes, SHA-256 `{digest}`\n" in (
        done.stdout.decode()
    )


@pytest.mark.parametrize("groups", [[], ["--by", "server"]], ids=["flows", "groups"])
def test_a_ticket_of_a_stream_has_no_file_of_its_name(tmp_path: Path, groups: list[str]) -> None:
    (tmp_path / "-").write_text("no capture")
    done = run(tmp_path, "report", "-", "--format", "md", *groups, stdin=SAMPLE.read_bytes())
    assert "- File: `-`\n" in done.stdout.decode()


def test_a_missing_file(tmp_path: Path) -> None:
    done = run(tmp_path, "report", NAME)
    said = f"tcptui: {SHOWN}: no such file or directory; check the name\n"
    assert (done.returncode, done.stderr.decode()) == (3, said)


@pytest.mark.parametrize(
    ("text", "whole", "printable"),
    [
        ("a\udcff", "a\\xff", "a\\xff"),
        ("a\nb\x1b", "a\nb\x1b", "a\\nb\\x1b"),
        ("é", "é", "é"),
        ("\ud800", "\ud800", "\\ud800"),
    ],
)
def test_escapes(text: str, whole: str, printable: str) -> None:
    assert (decoded(text), visible(text)) == (whole, printable)
