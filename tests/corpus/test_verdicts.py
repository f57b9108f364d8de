"""Every segment of real captures against tshark 4.0.17's verdict on it.

The captures lie beside the project where it is developed (`../shared/corpus`); each has a table of
what tshark says of every TCP packet. All columns must be equal, but for what EXCEPTIONS names.
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
from tcptui.fields.field import value_text
from tcptui.fields.schema import SCHEMA
from tcptui.fields.view import View
from tcptui.session import analyse

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
VERDICTS = sorted((CORPUS / "verdicts").rglob("*.tsv.gz"))
COMPILED = engine_module.__file__.endswith(".so")
STEP = 1 if COMPILED else 20
"""All captures compiled; interpreted, which is slower, every twentieth."""

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
    )
}  # fmt: skip

SUBSECOND = {"ack_rtt", "initial_rtt"}
"""Fractions of a second or more, which tshark prints as they stand in the file."""
SHARED_RECORD = {"acks_frame", "initial_rtt"}
"""Headers in one frame with equal numbers, for which tshark keeps one record together."""
EXCEPTIONS = {
    "OISF+suricata-verify/tests__transform-base64-7296__input.pcap": SUBSECOND,
    "the-tcpdump-group+tcpdump/tests__timestamp_invalid_micro.pcap": SUBSECOND,
    "the-tcpdump-group+tcpdump/tests__timestamp_invalid_nano.pcap": SUBSECOND,
    "mtottenh+pcapsql/fuzz__corpus__fuzz_pcap_reader__netlink-nflog.pcap": SHARED_RECORD,
}

Row = dict[str, str]


def capture_name(verdict: Path) -> str:
    return str(verdict.relative_to(CORPUS / "verdicts")).removesuffix(".tsv.gz")


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
    columns = {name: values[name].split(",") for name in FIELDS}
    for n in range(count):
        yield {name: column[n] for name, column in columns.items() if len(column) == count}


def our_rows(capture: Path) -> dict[int, list[Row]]:
    """The same columns, as we have them."""
    engine = Engine()
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


def differences(verdict: Path) -> Iterator[str]:
    name = capture_name(verdict)
    theirs = tsharks_rows(verdict)
    ours = our_rows(CORPUS / "captures" / name)
    left_out = EXCEPTIONS.get(name, set())
    for frame in sorted({*theirs, *ours}):
        if len(theirs[frame]) != len(ours[frame]):
            yield f"{name} #{frame}: {len(theirs[frame])} rows in tshark, {len(ours[frame])} here"
            continue
        for said, found in zip(theirs[frame], ours[frame], strict=True):
            for column in said.keys() & found.keys() - left_out:
                if said[column] != found[column]:
                    yield f"{name} #{frame} {column}: {said[column]} in tshark, {found[column]}"


@pytest.mark.skipif(not VERDICTS, reason="no corpus at ../shared/corpus")
@pytest.mark.parametrize("part", range(8))
def test_every_segment_is_what_tshark_says(part: int) -> None:
    chosen = VERDICTS[::STEP][part::8]
    assert chosen
    assert [line for verdict in chosen for line in differences(verdict)] == []
