"""A segment with a wrong checksum is ignored by its receiver though it passed here."""

import pytest

from samples.packet_script import parse_script
from tcptui.findings.checksums import bad_checksums, first_repetitions, worth_reading
from tcptui.findings.findings import findings_of
from tcptui.findings.kinds import FINDING_KINDS
from tests.diagnosis.causes import HANDSHAKE, numbered
from tests.engine.feeding import analysed, analysed_with_bytes

KIND = FINDING_KINDS["bad_checksum"]
SCRIPTS = {
    "the first copy": (
        "100 B A 1 1 64000 1000 sum=bad\n400 B A 1 1 64000 1000\n402 A A 1 1001 64000 0",
        ("server", 1, 4),
    ),
    "both copies": (
        "100 B A 1 1 64000 1000 sum=bad\n400 B A 1 1 64000 1000 sum=bad",
        ("server", 2, 4),
    ),
    "the host's card does it": (
        "100 B A 1 1 64000 1000 sum=pseudo\n400 B A 1 1 64000 1000\n402 A A 1 1001 64000 0",
        None,
    ),
    "lost with a right checksum": (
        "100 B A 1 1 64000 1000\n400 B A 1 1 64000 1000\n402 A A 1 1001 64000 0",
        None,
    ),
    "never sent again": ("100 A A 1 1 64000 100 sum=bad", ("client", 1, 4)),
    "a probe of a closed window": (
        "100 B A 1 1 0 0\n400 A A 1 1 64000 1 sum=bad",
        ("client", 1, 5),
    ),
    "acknowledged all the same": ("100 A A 1 1 64000 100 sum=bad\n120 B A 1 101 64000 0", None),
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_what_was_ignored(name: str) -> None:
    script, expected = SCRIPTS[name]
    packets = parse_script(HANDSHAKE + numbered(script)).packets
    engine, read = analysed_with_bytes(packets)
    found = bad_checksums(KIND, engine, engine.flows[0], read)
    assert (found and (found.side, found.count, found.first_frame)) == expected


def test_a_host_whose_checksums_are_all_wrong_leaves_them_to_its_card() -> None:
    script = """
    flow A 10.0.0.1:1111 B 10.0.0.2:80
    1   0 A S   1000    0 64000   0 sum=bad
    2  20 B SA  5000 1001 64000   0
    3  22 A A   1001 5001 64000   0 sum=bad
    4 100 A A   1001 5001 64000 100 sum=bad
    5 400 A A   1001 5001 64000 100 sum=bad
    """
    packets = parse_script(script).packets
    engine, read = analysed_with_bytes(packets)
    assert bad_checksums(KIND, engine, engine.flows[0], read) is None


def test_an_unanswered_syn_may_be_damaged() -> None:
    script = """
    1    0 A S 1000    0 64000 0 sum=bad
    2 1000 A S 1000    0 64000 0
    3 1020 B SA 5000 1001 64000 0
    """
    packets = parse_script(script).packets
    engine, read = analysed_with_bytes(packets)
    found = findings_of(engine, engine.flows[0], read)
    assert [one.kind for one in found if one.severity == "error"] == ["bad_checksum"]


def test_of_many_flows_only_those_with_repetitions_are_read() -> None:
    script = (
        HANDSHAKE
        + """
    flow C 10.0.0.3:3333 D 10.0.0.4:80
    4 100 C A 1 1 64000 100
    5 400 C A 1 1 64000 100
    """
    )
    engine = analysed(parse_script(script).packets)
    repetitions = first_repetitions(engine)
    assert list(worth_reading(engine, 2, repetitions, most=2)) == [0, 1]
    assert worth_reading(engine, 2, repetitions, most=1) == {1}
