"""The samples: made again byte by byte, analysed as their scripts say, and told truly."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from samples import busy_hour
from samples.make_samples import SAMPLES, SCRIPTS, sample
from samples.packet_script import read_script
from tcptui.engine.tcp_state.states import states_shown
from tcptui.engine.wireshark.flags import ANALYSIS_FLAGS
from tests.engine.feeding import analysed_file
from tests.engine.verdicts import TIMES, engine_verdict, nanoseconds

CAPTURES = sorted(SAMPLES.glob("*.pcap*"))
MOST_BYTES = 500_000
UNFLAGGED = "No segment carries a flag"
TITLES = {flag.title: flag.bit for flag in ANALYSIS_FLAGS}

by_name = pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.stem)
by_script = pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)


def stories() -> dict[str, str]:
    """The README's text for each sample, on one line."""
    sections = (SAMPLES / "README.md").read_text(encoding="utf-8").split("\n## ")[1:]
    return {name: " ".join(text.split()) for name, _, text in (s.partition("\n") for s in sections)}


def told_flags(story: str) -> Iterator[tuple[int, int]]:
    """``#7 **Dup ACK**`` as (frame, bit)."""
    for frame, title in re.findall(r"#(\d+) \*\*(.+?)\*\*", story):
        yield int(frame), TITLES[title]


def test_the_busy_hour_is_made_again_byte_for_byte() -> None:
    assert (SAMPLES / "busy-hour.pcapng").read_bytes() == busy_hour.sample()


@by_script
def test_made_again_byte_for_byte(path: Path) -> None:
    assert (SAMPLES / f"{path.stem}.pcapng").read_bytes() == sample(path)


def test_each_sample_is_small_and_has_its_story() -> None:
    assert {path.name for path in CAPTURES} == set(stories())
    assert all(path.stat().st_size <= MOST_BYTES for path in CAPTURES)


@by_name
def test_the_story_is_true(path: Path) -> None:
    """Each flag that it names is there, and no kind of flag goes unnamed."""
    engine, _ = analysed_file(path)
    story = stories()[path.name]
    named = 0
    for frame, bit in told_flags(story):
        named |= bit
        assert engine.packets.analysis(engine.packets.row_of(frame)) & bit, f"#{frame}"
    there = 0
    for row in range(engine.packets.count):
        there |= engine.packets.analysis(row)
    assert there == named
    assert (there == 0) == (UNFLAGGED in story)


@by_script
def test_analysed_as_the_script_says(path: Path) -> None:
    engine, _ = analysed_file(SAMPLES / f"{path.stem}.pcapng")
    for row, packet in enumerate(read_script(path).packets):
        expected = packet.expected
        assert expected
        verdict = engine_verdict(engine, row)
        assert verdict["flags"] == sorted(expected.flags), f"#{row + 1}"
        for key, text in expected.values.items():
            wanted = nanoseconds(text) if key in TIMES else text if key == "dup" else int(text)
            assert verdict[key] == wanted, f"#{row + 1}: {key}"
        if expected.states:
            found = states_shown(int(engine.packets.states(row)))
            assert tuple(shown.state.label for shown in found) == expected.states, f"#{row + 1}"
