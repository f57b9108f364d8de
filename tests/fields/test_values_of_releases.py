"""Fields of headers that a release reads otherwise, or that two protocols share, are tshark's."""

import subprocess
from pathlib import Path

import pytest

from tests.cli.running import run
from tests.engine.headers import MORE, ethernet, ip, ip6, tcp
from tests.filters.samples import frames_of, write_capture
from tests.wireshark import tshark_of

SEGMENT = tcp(bytes(44))
"""64 bytes: a fragment of it begins at the fifth unit of eight."""
OFFLOADED = "flow A 10.0.0.1:40000 B 10.0.0.2:80\n1 0 A S 0 0 64000 0 sum=pseudo"
FRAMES = [
    *frames_of(OFFLOADED),
    ethernet(ip(SEGMENT[:40], fragment=MORE)),
    ethernet(ip(SEGMENT[40:], fragment=5)),
    ethernet(ip6(SEGMENT), 0x86DD),
    ethernet(ip(ip6(SEGMENT), protocol=41)),
]
LAST_FRAGMENT, IN_IPV6, IN_TUNNEL = 3, 4, 5
RELEASES = "4.0", "4.4", "4.6"

VALUES = {
    (1, "ip.version"): ("4", "4", "4"),
    (IN_IPV6, "ip.version"): ("6", "6", "6"),
    (IN_TUNNEL, "ip.version"): ("4,6", "4,6", "4,6"),
    (IN_IPV6, "ipv6.version"): ("6", "6", "6"),
    (1, "ip.frag_offset"): ("0", "0", "0"),
    (LAST_FRAGMENT, "ip.frag_offset"): ("5", "5", "5"),
    (1, "tcp.checksum.status"): ("0", "1", "1"),
    (IN_IPV6, "tcp.checksum.status"): ("0", "0", "0"),
    (1, "frame.time_delta"): ("0.000000000", "0.000000000", ""),
    (IN_IPV6, "frame.time_delta"): ("0.010000000",) * 3,
}
"""Of a frame, what the releases print."""
FILTERS = {
    "ip.version == 6": (2, 2, 2),
    "ip.version == 4": (3, 3, 3),
    "ip.frag_offset == 5": (1, 1, 1),
    "ip.frag_offset == 40": (0, 0, 0),
    "tcp.checksum.status == 1": (0, 1, 1),
    "frame.time_delta == 0": (1, 1, 0),
}
"""How many of the frames with a row each release selects."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_capture(tmp_path / "headers.pcap", FRAMES)


def by_tshark(release: str, path: Path, *words: str) -> list[str] | None:
    """Lines of tshark's, where it is installed."""
    program = tshark_of(release)
    if program is None:
        return None
    command = [program, "-r", str(path), "-o", "tcp.check_checksum:TRUE", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(("frame", "field"), VALUES)
def test_a_field_has_the_release_s_value(frame: int, field: str, release: str, path: Path) -> None:
    expected = VALUES[frame, field][RELEASES.index(release)]
    chosen = ("-Y", f"frame.number == {frame}", "-e", field)
    told = run("packets", "--rules", release, *chosen, str(path)).stdout.decode().splitlines()
    assert told == [field, expected]
    assert by_tshark(release, path, "-T", "fields", *chosen) in (None, [expected])


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("text", FILTERS)
def test_a_filter_selects_the_release_s_frames(text: str, release: str, path: Path) -> None:
    expected = FILTERS[text][RELEASES.index(release)]
    told = run("packets", "--rules", release, "-Y", text, str(path)).stdout.splitlines()
    assert len(told) - 1 == expected
    theirs = by_tshark(release, path, "-Y", f"tcp && ({text})")
    assert theirs is None or len(theirs) == expected
