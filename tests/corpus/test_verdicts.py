"""Every segment of real captures against the verdicts of tshark 4.0.17, 4.4.19 and 4.6.9 on it.

The captures lie beside the project where it is developed (`../shared/corpus`); each has a table of
what each tshark says of every TCP packet. All columns must be equal, but for what EXCEPTIONS names.
"""

import gzip
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from tcptui.capture.source import open_source
from tcptui.engine import engine as engine_module
from tcptui.engine.engine import Engine
from tcptui.engine.wireshark.flags import flag_names
from tcptui.engine.wireshark.rule_sets import RULE_SETS
from tcptui.engine.wireshark.rules import Rules
from tcptui.fields.field import value_text
from tcptui.fields.schema import SCHEMA
from tcptui.fields.view import View
from tcptui.session import analyse
from tests.corpus.fetch import NO_CORPUS
from tests.sampling import sample

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
FOLDERS = {"4.0": "verdicts", "4.4": "verdicts-4.4", "4.6": "verdicts-4.6"}
NAMES = sorted(
    str(table.relative_to(CORPUS / "verdicts")).removesuffix(".tsv.gz")
    for table in (CORPUS / "verdicts").rglob("*.tsv.gz")
)
COMPILED = engine_module.__file__.endswith(".so")
STEP = 4 if COMPILED else 40
"""Compiled every fourth capture; interpreted, which is slower, every fortieth."""

FIELDS = {
    "stream": "tcp.stream",
    "srcport": "tcp.srcport",
    "dstport": "tcp.dstport",
    "seq_raw": "tcp.seq_raw",
    "ack_raw": "tcp.ack_raw",
    "len": "tcp.len",
    "flags": "tcp.flags",
    "window_size": "tcp.window_size",
    "completeness": "tcp.completeness",
} | {
    name: f"tcp.analysis.{name}"
    for name in (
        "duplicate_ack_num", "duplicate_ack_frame", "acks_frame", "ack_rtt", "initial_rtt",
        "bytes_in_flight", "push_bytes_sent", "rto", "rto_frame",
        "partial_ack", "ambiguous_ack",
    )
} | {name: f"tcp.{name}" for name in ("completeness.str", "stream.pnum")}  # fmt: skip

SUBSECOND = {"ack_rtt", "initial_rtt", "time_relative", "time_delta"}
"""Fractions of a second or more, which tshark prints as they stand in the file."""
SHARED_RECORD = {"acks_frame", "initial_rtt"}
"""Headers in one frame with equal numbers, for which tshark keeps one record together."""
INNER_LENGTH = {"len", "analysis", "rto", "rto_frame", "time_relative", "time_delta"}
"""FabricPath, of whose inner frame 4.6 takes the trailer for the end of the packet: there is a
length where older releases know none."""
GTP_EXTENSION = {"stream.pnum", "push_bytes_sent", "time_delta"}
"""Behind a GTP packet with an extension header that 4.6 does not follow into its payload."""
EXCEPTIONS = {
    "OISF+suricata-verify/tests__transform-base64-7296__input.pcap": SUBSECOND,
    "the-tcpdump-group+tcpdump/tests__timestamp_invalid_micro.pcap": SUBSECOND,
    "the-tcpdump-group+tcpdump/tests__timestamp_invalid_nano.pcap": SUBSECOND,
    "mtottenh+pcapsql/fuzz__corpus__fuzz_pcap_reader__netlink-nflog.pcap": SHARED_RECORD,
}
"""Columns that are left out, with every release."""
EXCEPTIONS_OF_4_6 = {
    "zeek+zeek/testing__btest__Traces__cisco-fabric-path.pcap": INNER_LENGTH,
    "idaholab+Malcolm-Test-Artifacts/pcap__protocols__Tunnels.pcap": GTP_EXTENSION,
}
UNSEEN_BY_4_6 = {"idaholab+Malcolm-Test-Artifacts/pcap__protocols__Tunnels.pcap": {45}}
"""Frames in which it finds no TCP, for that reason."""

Row = dict[str, str]


def tsharks_rows(verdict: Path) -> dict[int, list[Row]]:
    """The rows of each frame; where tshark joins several headers and not all have a value,
    which belongs to which cannot be told, and the column is left out."""
    rows: dict[int, list[Row]] = defaultdict(list)
    with gzip.open(verdict, "rt", encoding="utf-8", newline="") as table:
        names = table.readline().rstrip("\n").split("\t")
        for line in table:
            values = dict(zip(names, line.rstrip("\n").split("\t"), strict=True))
            if values["quoted_in_icmp"] == "1":
                continue
            rows[int(values["number"])] += split_headers(values)
    return rows


def split_headers(values: Row) -> Iterator[Row]:
    count = values["seq_raw"].count(",") + 1
    if count == 1:
        yield values
        return
    columns = {name: values[name].split(",") for name in FIELDS.keys() & values.keys()}
    for n in range(count):
        yield {name: column[n] for name, column in columns.items() if len(column) == count}


def our_rows(capture: Path, rules: Rules) -> dict[int, list[Row]]:
    """The same columns, as we have them."""
    engine = Engine(rules)
    source = open_source([str(capture)], seekable=False)
    try:
        for _ in analyse(source, engine):
            pass
    finally:
        source.close()
    view = View(engine)
    rows: dict[int, list[Row]] = defaultdict(list)
    for row in range(int(engine.packets.count)):
        ours = {}
        for name, tshark_name in FIELDS.items():
            field = SCHEMA.by_name[tshark_name]
            ours[name] = value_text(field.kind, field.get(view, row))
        ours["analysis"] = ",".join(flag_names(int(engine.packets.analysis(row))))
        rows[int(engine.packets.frame(row))].append(ours)
    return rows


def differences(name: str, release: str) -> Iterator[str]:
    theirs = tsharks_rows(CORPUS / FOLDERS[release] / f"{name}.tsv.gz")
    ours = our_rows(CORPUS / "captures" / name, RULE_SETS[release])
    left_out = EXCEPTIONS.get(name, set())
    unseen: set[int] = set()
    if release == "4.6":
        left_out = left_out | EXCEPTIONS_OF_4_6.get(name, set())
        unseen = UNSEEN_BY_4_6.get(name, unseen)
    for frame in sorted({*theirs, *ours} - unseen):
        if len(theirs[frame]) != len(ours[frame]):
            yield f"{name} #{frame}: {len(theirs[frame])} rows in tshark, {len(ours[frame])} here"
            continue
        for said, found in zip(theirs[frame], ours[frame], strict=True):
            for column in said.keys() & found.keys() - left_out:
                if said[column] != found[column]:
                    yield f"{name} #{frame} {column}: {said[column]} in tshark, {found[column]}"


@pytest.mark.skipif(not NAMES, reason=NO_CORPUS)
@pytest.mark.parametrize("release", FOLDERS)
def test_segments_are_what_tshark_says(release: str) -> None:
    chosen = sample(NAMES, STEP)
    assert [line for name in chosen for line in differences(name, release)] == []


@pytest.mark.slow
@pytest.mark.skipif(not NAMES, reason=NO_CORPUS)
@pytest.mark.parametrize("release", FOLDERS)
@pytest.mark.parametrize("part", range(8))
def test_every_segment_is_what_tshark_says(part: int, release: str) -> None:
    assert [line for name in NAMES[part::8] for line in differences(name, release)] == []
