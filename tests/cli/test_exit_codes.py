"""Each way to end: its exit code, and one clear line on stderr where something is wrong."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from struct import pack

import pytest

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "samples" / "openings.pcapng"
NO_PACKETS = pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
"""A pcap file's header, and no packet behind it."""
PCAP_HEADER = bytes.fromhex("d4c3b2a1020004000000000000000000ffff000001000000")
UDP_PACKET = (
    bytes.fromhex("00000000000000002a0000002a000000")
    + bytes(12)
    + b"\x08\x00"
    + bytes([0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2])
    + bytes(8)
)
UDP = PCAP_HEADER + UDP_PACKET


def tcptui(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "tcptui.cli", *arguments],
        input=stdin,
        capture_output=True,
        check=False,
        cwd=ROOT,
    )


@pytest.mark.parametrize(
    ("arguments", "stdin", "code", "said"),
    [
        (["report", str(SAMPLE)], b"", 0, ""),
        (["packets", "-"], SAMPLE.read_bytes(), 0, ""),
        (["report", "-"], PCAP_HEADER, 0, "no packets"),
        (["report", "-"], UDP, 0, "1 packet, none of them TCP"),
        (["report", "--no-such-option"], b"", 2, "--no-such-option"),
        (["doctor", "x"], b"", 2, "doctor takes clear-cache or no arguments"),
        (["packets", str(SAMPLE), "-e", "tcp.sek"], b"", 2, "tcp.seq"),
        (["report", "--no-such\noption"], b"", 2, r"--no-such\noption"),
        (["packets", str(SAMPLE), "-c", "9" * 5000], b"", 2, "-c 999"),
        (["packets", str(SAMPLE), "-c", ""], b"", 2, "a number"),
        (["packets", str(SAMPLE), "-s", "x"], b"", 2, "-s x: a number, from 0 to 262144"),
        (["packets", str(SAMPLE), "-B", "0"], b"", 2, "-B 0: a number"),
        (["packets", str(SAMPLE), "-s", "96", "-B", "64", "-p"], b"", 0, ""),
        (["explain", str(SAMPLE), "9" * 5000], b"", 2, "explain needs a file and a frame"),
        (["explain", str(SAMPLE), "9" * 18], b"", 2, "the capture has frames 1 to 19"),
        (["report", "-r", str(SAMPLE), "port", "9"], b"", 0, "no packet passed the capture filter"),
        (
            ["report", str(SAMPLE), "-Y", "tcp.port == 9"],
            b"",
            0,
            "no segment matches the display filter",
        ),
        (
            ["packets", str(SAMPLE), "-Y", "tcp.port == 9"],
            b"",
            0,
            "no segment matches the display filter",
        ),
        (["packets", "-", "-Y", "tcp"], NO_PACKETS, 0, "the capture has no packets"),
        (["report", "-"], NO_PACKETS, 0, "the capture has no packets"),
        (["explain", "-", "1"], NO_PACKETS, 2, "the capture has no packets"),
        (["graph", "-", "capture", "--kind", "bytes"], NO_PACKETS, 0, "the capture has no packets"),
        (["graph", "-", "capture", "--kind", "bytes"], UDP, 0, "1 packet, none of them TCP"),
        (["between", "-", str(SAMPLE)], UDP, 0, "-: 1 packet, none of them TCP"),
        (["packets", str(SAMPLE), "-Y", "!" * 3000 + "tcp"], b"", 2, "nested too deeply"),
        (["packets", "-r", str(SAMPLE), "type", "mgt"], b"", 2, "supported only on 802.11"),
        (["compare", "-"], b"", 2, "cannot be read twice"),
        (["report", "-", str(SAMPLE), "-"], UDP, 2, "cannot be read twice"),
        (["packets", "-r", "-", "-r", "-"], UDP, 2, "cannot be read twice"),
        (["between", "-", "-"], UDP, 2, "cannot be read twice"),
        (["between", "a=-", "b=-"], UDP, 2, "cannot be read twice"),
        (["between", f"a=-,{SAMPLE}", "-"], UDP, 2, "cannot be read twice"),
        (["between", f"a={SAMPLE},", str(SAMPLE)], b"", 2, "the name of a file is empty"),
        (["compare", "-r", str(SAMPLE), "tcp"], b"", 2, "compare needs whole files"),
        (["report", "/proc/self/mem"], b"", 3, "/proc/self/mem: input/output error"),
        (["report", "-"], b"", 3, "the file is empty"),
        (["report", "-"], b"This is a text, and no capture at all.", 3, "not a"),
        (["report", "/nowhere/at/all.pcap"], b"", 3, "no such file"),
        (["report", str(ROOT)], b"", 3, "directory"),
        (["a" * 300], b"", 3, "file name too long"),
        (["between", str(SAMPLE), "a" * 300], b"", 3, "file name too long"),
    ],
    ids=lambda value: " ".join(value[:1]) if isinstance(value, list) else None,
)
def test_exit_code(arguments: list[str], stdin: bytes, code: int, said: str) -> None:
    done = tcptui(*arguments, stdin=stdin)
    lines = done.stderr.decode().splitlines()
    assert done.returncode == code
    assert said in lines[0] if said else not lines, lines
    assert len(lines) <= (3 if "-Y" in arguments else 1)


@pytest.mark.skipif(shutil.which("tshark") is None, reason="there is no tshark here")
@pytest.mark.parametrize(
    ("files", "code", "said"),
    [
        (["/dev/stdin"], 2, "/dev/stdin: two programs read it, which this cannot be twice"),
        ([str(SAMPLE), "/dev/zero"], 2, "/dev/zero: two programs read it"),
        ([str(SAMPLE), str(ROOT)], 3, "is a directory"),
        ([str(SAMPLE), __file__], 3, "this is not a capture (text content, byte 0"),
        (["/nowhere/at/all.pcap"], 3, "no such file"),
        ([str(SAMPLE), "cut.pcapng"], 0, "packet 10: the file ends in the middle of a packet"),
        (["tiny.pcapng"], 3, "tiny.pcapng, byte 0, packet 1: the file ends in the middle"),
    ],
)
def test_what_compare_cannot_read_is_said_as_by_all_commands(
    files: list[str], code: int, said: str, tmp_path: Path
) -> None:
    whole = (ROOT / "samples" / "web-loss.pcapng").read_bytes()
    for name, size in (("cut.pcapng", 3000), ("tiny.pcapng", 10)):
        (tmp_path / name).write_bytes(whole[:size])
    done = tcptui("compare", *(str(tmp_path / name) for name in files))
    (line,) = done.stderr.decode().splitlines()
    assert (done.returncode, said in line) == (code, True), line


@pytest.mark.parametrize(
    ("closed", "arguments", "code", "said"),
    [
        (">&-", f"packets {SAMPLE}", 0, b""),
        (">&-", "--help", 0, b""),
        ("<&-", "packets -", 3, b"the file is empty"),
        ("2>&-", "report /nowhere/at/all.pcap", 3, b""),
    ],
)
def test_standard_streams_may_be_closed(
    closed: str, arguments: str, code: int, said: bytes
) -> None:
    line = f"{sys.executable} -m tcptui.cli {arguments} {closed}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, check=False, cwd=ROOT)
    assert done.returncode == code
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == (1 if said else 0)


def test_damage_is_said_and_what_was_read_is_shown() -> None:
    whole = tcptui("packets", str(SAMPLE)).stdout.splitlines()
    cut = tcptui("packets", "-", stdin=SAMPLE.read_bytes()[:-40])
    assert cut.returncode == 0
    assert cut.stdout.splitlines() == whole[: len(cut.stdout.splitlines())]
    assert b"incomplete" in cut.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["report", "-"],
        ["explain", "-", "3"],
        ["explain", "-", "3", "--rules", "all"],
        ["graph", "-", "0", "--kind", "rtt"],
        ["between", "-", str(SAMPLE)],
    ],
    ids=" ".join,
)
def test_every_command_says_the_damage(arguments: list[str]) -> None:
    cut = tcptui(*arguments, stdin=SAMPLE.read_bytes()[:-40])
    assert cut.returncode == 0
    assert b"the capture is incomplete: everything before this place is shown" in cut.stderr


def test_a_reader_that_goes_away_is_no_error() -> None:
    line = f"{sys.executable} -m tcptui.cli packets {SAMPLE} | head -n 1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, check=True, cwd=ROOT)
    assert done.stdout.splitlines()[-1] == b"0"
    assert done.stderr == b""


@pytest.mark.parametrize("reader", ["head -n 1", "(head -n 19 >/dev/null; sleep 1)"])
def test_a_file_is_followed_no_longer_than_somebody_reads(tmp_path: Path, reader: str) -> None:
    """Whether the reader goes before the last row is written, or afterwards."""
    capture, copy = tmp_path / "growing.pcap", tmp_path / "copy.pcap"
    capture.write_bytes(SAMPLE.read_bytes())
    line = (
        f"{sys.executable} -m tcptui.cli packets --follow {capture} -w {copy} | {reader}; "
        "echo ${PIPESTATUS[0]}"
    )
    done = subprocess.run(["bash", "-c", line], capture_output=True, check=True, cwd=ROOT,
                          timeout=60)  # fmt: skip
    assert done.stdout.splitlines()[-1] == b"0"
    assert done.stderr == b""
    assert tcptui("packets", str(copy)).stdout == tcptui("packets", str(SAMPLE)).stdout


def test_the_rows_of_a_followed_file_are_seen_at_once() -> None:
    """Also by a reader on a pipe, for which the system would gather 8 kB first."""
    line = [sys.executable, "-m", "tcptui.cli", "packets", "--follow", str(SAMPLE)]
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with subprocess.Popen(line, stdout=subprocess.PIPE, cwd=ROOT, env=buffered) as follower:
        assert follower.stdout is not None
        rows = [follower.stdout.readline() for _ in range(20)]
        assert follower.poll() is None
        follower.terminate()
    assert b"".join(rows) == tcptui("packets", str(SAMPLE)).stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("command", ["report", "packets", "compare", "doctor"])
def test_a_full_disk_is_said(command: str) -> None:
    files = [] if command == "doctor" else [str(SAMPLE)]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "tcptui.cli", command, *files],
            stdout=full, stderr=subprocess.PIPE, check=False, cwd=ROOT,
        )  # fmt: skip
    said = b"tcptui: standard output: No space left on device; write to another disk\n"
    assert (done.stderr, done.returncode) == (said, 3)


@pytest.mark.parametrize("command", ["report", "packets"])
def test_a_copy_is_whole_when_the_program_ends(tmp_path: Path, command: str) -> None:
    copy = tmp_path / "copy.pcapng"
    assert tcptui(command, "-r", str(SAMPLE), "-c", "3", "-w", str(copy)).returncode == 0
    rows = tcptui("packets", str(copy)).stdout.splitlines()
    assert len(rows) == 1 + 3
