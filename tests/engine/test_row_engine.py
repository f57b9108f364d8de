"""An engine for rows alone says of each segment what one says that accounts for its flows too."""

from pathlib import Path
from typing import Final

import pytest

from benchmarks.shapes import SHAPES, Shape
from samples.capture_files import Record, pcap
from samples.frames import frame
from samples.packet_script import parse_script
from tcptui.capture.source import open_source
from tcptui.engine.engine import Engine, new_engine, new_row_engine
from tcptui.engine.wireshark.release_4_0 import WIRESHARK_4_0
from tcptui.engine.wireshark.release_4_6 import WIRESHARK_4_6
from tcptui.engine.wireshark.rules import Rules
from tcptui.fields.columns.packet_rows import RowWriter
from tcptui.fields.schema import SCHEMA
from tcptui.fields.view import View
from tcptui.report.row_formats import tsv_lines
from tcptui.session import analyse
from tests.engine.fuzz_traffic import mixture

SAMPLES: Final = sorted((Path(__file__).parents[2] / "samples").glob("*.pcapng"))

IN_COLUMNS: Final = tuple(
    field for field in SCHEMA.by_name.values() if field.is_of_rows and not field.from_packet
)

SECOND_VOICE: Final = """
# B's segments come by another way from the fifth one on, and so does its RST
   1    0   A  S   1000     0  64000    0            | -
   2   10   B  SA  5000  1001  64000    0  ttl=60    | -
   3   20   A  A   1001  5001  64000    0            | -
   4   30   B  PA  5001  1001  64000  100  ttl=60    | -
   5   40   B  PA  5101  1001  64000  100  ttl=50    | -
   6   50   B  PA  5201  1001  64000  100  ttl=50    | -
   7   60   B  PA  5301  1001  64000  100  ttl=50    | -
   8   70   B  R   5401     0      0    0  ttl=50    | -
"""


def rows(engine: Engine) -> list[bytes]:
    """The default columns, and all that are read from rows."""
    all_columns = tsv_lines(View(engine), IN_COLUMNS)
    return [one.rows(0, engine.packets.count) for one in (RowWriter(engine), all_columns)]


def assert_same_rows(path: Path, rules: Rules = WIRESHARK_4_0) -> None:
    engines = [new_engine(rules), new_row_engine(rules)]
    for engine in engines:
        source = open_source([str(path)], seekable=False)
        for _ in analyse(source, engine):
            pass
        source.close()
    whole, of_rows = engines
    assert rows(whole) == rows(of_rows)
    assert whole.frames == of_rows.frames > 0
    assert len(of_rows.time_accounting.journal) == 0


@pytest.mark.parametrize("rules", [WIRESHARK_4_0, WIRESHARK_4_6], ids=["4.0", "4.6"])
@pytest.mark.parametrize("path", SAMPLES, ids=[path.stem for path in SAMPLES])
def test_samples(path: Path, rules: Rules) -> None:
    assert_same_rows(path, rules)


@pytest.mark.parametrize("shape", SHAPES, ids=[shape.name for shape in SHAPES])
def test_hostile_captures(tmp_path: Path, shape: Shape) -> None:
    (path,) = shape.files(tmp_path, 300)
    assert_same_rows(path)


@pytest.mark.parametrize("seed", range(4))
def test_random_traffic(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "random.pcap"
    path.write_bytes(pcap(Record(one.time, frame(one)) for one in mixture(seed, 2_500)))
    assert_same_rows(path)


def test_a_second_voice_may_reset(tmp_path: Path) -> None:
    path = tmp_path / "voices.pcap"
    packets = parse_script(SECOND_VOICE).packets
    path.write_bytes(pcap(Record(one.time, frame(one)) for one in packets))
    assert_same_rows(path)
