"""More than a day without a packet is a warning, and no damage: a link may be quiet."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from samples.capture_files import Record, pcap
from samples.frames import frame
from samples.packet_script import parse_script
from tcptui.findings.jumps import WHAT_IT_MAY_BE, tells_damage
from tests.cli.running import run

HOUR = 3600 * 1000
FLOW = """
flow A 10.0.0.1:1111 B 10.0.0.2:80
numbers A=1000 B=5000
1  0 A S  0 0 64000 0
2 20 B SA 0 1 64000 0
3 22 A A  1 1 64000 0
"""
CLOSED = """
{} {} A FA 1 1 64000 0
{} +2 B FA 1 2 64000 0
{} +2 A A  2 2 64000 0
"""


def capture(path: Path, script: str) -> str:
    packets = parse_script(script).packets
    path.write_bytes(pcap([Record(one.time, frame(one)) for one in packets]))
    return str(path)


def with_silences(*silences: int) -> str:
    """A flow that is opened, keeps alive after each silence (ms), and is closed."""
    probes = [f"{4 + at} {silence:+} A A 1 1 64000 0" for at, silence in enumerate(silences)]
    number = 4 + len(silences)
    return FLOW + "\n".join(probes) + CLOSED.format(number, "+2", number + 1, number + 2)


def told(words: Sequence[str]) -> dict[str, object]:
    return dict(json.loads(run("report", *words).stdout)["capture"])


@pytest.mark.parametrize(
    ("silences", "said"),
    [
        ([23 * HOUR, HOUR], ""),
        ([24 * HOUR], ""),
        ([76 * HOUR], "packet 4: no packet for 76 h 00 m before it"),
        (
            [HOUR, 120 * HOUR, HOUR, 50 * HOUR],
            "packet 5: no packet for 5 d 00 h before it, the first of 2 silences of more than a "
            "day",
        ),
    ],
)
def test_a_jump_is_told_as_it_is_seen(tmp_path: Path, silences: list[int], said: str) -> None:
    path = capture(tmp_path / "quiet.pcap", with_silences(*silences))
    warnings = [f"{said}: {WHAT_IT_MAY_BE}"] if said else []
    assert told([path])["warnings"] == warnings
    for command in ("report", "packets"):
        assert run(command, path).stderr == "".join(f"tcptui: {one}\n" for one in warnings)
    text = run("report", path, "--format", "md").stdout.decode()
    assert text.count("no packet for") == len(warnings)
    assert f"- **{said}" in text or not said


def test_files_of_several_days_have_pauses_between_them(tmp_path: Path) -> None:
    """Who gives several files knows that; inside of one it is told all the same."""
    monday = capture(tmp_path / "1.pcap", with_silences())
    moved = with_silences(30 * HOUR).replace("1  0 A", f"1  {90 * HOUR} A")
    friday = capture(tmp_path / "2.pcap", moved.replace("20 B", "+20 B").replace("22 A", "+2 A"))
    assert told([monday, friday])["warnings"] == [
        f"packet 10: no packet for 30 h 00 m before it: {WHAT_IT_MAY_BE}"
    ]
    assert told([monday, monday])["warnings"] != [], "the same packets twice"


def test_a_pause_is_no_damage_and_not_counted_in_how_long_it_lasted(tmp_path: Path) -> None:
    path = capture(tmp_path / "quiet.pcap", with_silences(76 * HOUR))
    assert told([path])["verdict"] == "ok"
    text = run("report", path, "--format", "md").stdout.decode()
    assert text.startswith("# Nothing is wrong in 1 flow")
    assert " (28.0 ms, and 76 h 00 m that the clock jumps); " in text


@pytest.mark.parametrize(
    ("warnings", "damage"),
    [
        ([], False),
        ([f"packet 4: no packet for 2 d: {WHAT_IT_MAY_BE}"], False),
        ([f"packet 4: no packet for 2 d: {WHAT_IT_MAY_BE}", "x.pcap: cut"], True),
        (["x.pcap: cut"], True),
    ],
)
def test_another_warning_is_damage(warnings: list[str], damage: bool) -> None:
    assert tells_damage(warnings) == damage
