"""`tcptui packets`: the rows of small scripts, in both formats and with chosen fields."""

import io
import json
from collections.abc import Callable
from contextlib import closing
from itertools import cycle
from pathlib import Path

import pytest

from samples.capture_files import Record, pcap
from samples.frames import frame
from samples.packet_script import parse_script
from tcptui.capture.source import open_source
from tcptui.engine.wireshark.release_4_0 import WIRESHARK_4_0
from tcptui.engine.wireshark.release_4_6 import WIRESHARK_4_6
from tcptui.fields.field import Field, json_value
from tcptui.fields.schema import SCHEMA
from tcptui.fields.value_kind import Value
from tcptui.fields.view import View
from tcptui.report.packets import UnknownField, columns, print_packets

ROOT = Path(__file__).parents[2]
SCRIPT = """
# A lost segment and its repetition
   1    0   A  S   1000     0  64000    0  mss=1460 ws=2  | -
   2   10   B  SA  5000  1001  64000    0  mss=1460 ws=2  | -
   3   20   A  A   1001  5001   1000    0                 | -
   4   30   A  PA  1001  5001   1000  100                 | -
   5  330   A  PA  1001  5001   1000  100                 | retransmission
   6  340   B  A   5001  1101   1000    0                 | -
"""


def rows(folder: Path, fields: list[str], form: str) -> list[str]:
    packets = parse_script(SCRIPT).packets
    path = folder / "script.pcap"
    path.write_bytes(pcap(Record(packet.time, frame(packet)) for packet in packets))
    source = open_source([str(path)], seekable=False)
    out = io.BytesIO()
    try:
        print_packets(source, out, columns(fields, "4.0"), form, WIRESHARK_4_0)
    finally:
        source.close()
    return out.getvalue().decode().splitlines()


def test_default_columns(tmp_path: Path) -> None:
    assert rows(tmp_path, [], "tsv") == [
        line.replace(" | ", "\t").replace("|", "\t").replace(" ", "")
        for line in (
            "frame|time|flow|direction|seq|ack|len|flags|window|analysis|client_state|server_state",
            "1|1700000000.000000000|0|c|1000|0|0|0x0002|64000||SYN-SENT|LISTEN",
            "2|1700000000.010000000|0|s|5000|1001|0|0x0012|64000||SYN-SENT|SYN-RECEIVED",
            "3|1700000000.020000000|0|c|1001|5001|0|0x0010|4000||ESTABLISHED|ESTABLISHED",
            "4|1700000000.030000000|0|c|1001|5001|100|0x0018|4000||ESTABLISHED|ESTABLISHED",
            "5|1700000000.330000000|0|c|1001|5001|100|0x0018|4000|retransmission"
            "|ESTABLISHED|ESTABLISHED",
            "6|1700000000.340000000|0|s|5001|1101|0|0x0010|4000||ESTABLISHED|ESTABLISHED",
        )
    ]


def test_chosen_fields_are_empty_where_tshark_has_none(tmp_path: Path) -> None:
    fields = ["frame.number", "tcp.seq", "tcp.analysis.rto", "tcp.analysis.acks_frame"]
    assert rows(tmp_path, fields, "tsv")[1:] == [
        "1\t0\t\t",
        "2\t0\t\t1",
        "3\t1\t\t2",
        "4\t1\t\t",
        "5\t1\t0.300000000\t",
        "6\t1\t\t4",
    ]


def test_json_has_numbers_lists_and_nulls(tmp_path: Path) -> None:
    fifth = json.loads(rows(tmp_path, [], "json")[4])
    assert fifth["analysis"] == ["retransmission"]
    assert (fifth["frame"], fifth["len"], fifth["direction"]) == (5, 100, "c")
    first = json.loads(rows(tmp_path, ["tcp.analysis.rto"], "json")[0])
    assert first == {"tcp.analysis.rto": None}


ALL_FIELDS = tuple(field for field in SCHEMA.by_name.values() if not field.from_packet)
FORMS: dict[str, Callable[[Field, Value], str]] = {
    "tsv": Field.text,
    "json": lambda field, value: json_value(field.kind, value),
}
SAMPLES = ("openings", "closings", "busy-hour", "proofs")


def in_vlans() -> bytes:
    """The script's segments, each on another path than the one before."""
    tags = cycle([b"", b"\x81\0\0\x0a", b"\x81\0\0\x14"])
    frames = map(frame, parse_script(SCRIPT).packets)
    tagged = [data[:12] + tag + data[12:] for data, tag in zip(frames, tags, strict=False)]
    return pcap(Record(number, data) for number, data in enumerate(tagged))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("sample", [*SAMPLES, "vlans"])
def test_each_row_says_what_each_field_says(sample: str, form: str, tmp_path: Path) -> None:
    """What rows share is made for the first of them: no other row may have it."""
    path = ROOT / f"samples/{sample}.pcapng"
    if sample == "vlans":
        path = tmp_path / "vlans.pcap"
        path.write_bytes(in_vlans())
    out = io.BytesIO()
    with closing(open_source([str(path)])) as source:
        engine = print_packets(source, out, ALL_FIELDS, form, WIRESHARK_4_6)
        view, text = View(engine, source.read), FORMS[form]
        for row, line in enumerate(out.getvalue().decode().splitlines()[form == "tsv" :][:500]):
            said = {field.name: text(field, field.get(view, row)) for field in ALL_FIELDS}
            if form == "tsv":
                assert dict(zip(said, line.split("\t"), strict=True)) == said
            else:
                assert line == "{" + ", ".join(f'"{one}": {said[one]}' for one in said) + "}"


def test_an_unknown_field_is_refused_with_those_near_it(tmp_path: Path) -> None:
    with pytest.raises(UnknownField, match=r"tcp\.seq"):
        rows(tmp_path, ["tcp.sek"], "tsv")
