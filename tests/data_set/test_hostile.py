"""A data set is what somebody else may have made: nothing of it leads outside, fails, or reaches a
terminal as it is."""

import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from tcptui.capture.errors import CaptureError
from tcptui.data_set import columns, swept_rows
from tcptui.data_set.capture_places import captures_of, checked_path, is_below, roots_of
from tcptui.data_set.files import find_files
from tcptui.data_set.groups import add_up
from tcptui.data_set.shown_flows import ShownFlows
from tcptui.data_set.swept import SweptCapture, read_manifest
from tcptui.drawing.cells import line_width
from tcptui.panes.swept.drawing import flow_line, group_line, place_columns
from tests.data_set.written import SAMPLES, parquet_files, read_rows, write_data_set  # may skip


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A data set of two captures, of which the first file is about to be broken."""
    captures = tmp_path / "captures"
    captures.mkdir()
    for name in ("zero-window", "web-loss"):
        shutil.copy2(SAMPLES / f"{name}.pcapng", captures)
    return write_data_set(tmp_path / "out", captures)


def change_manifest(out: Path, change: Callable[[dict[str, Any]], object]) -> None:
    path = out / "manifest.json"
    told = json.loads(path.read_text())
    change(told)
    path.write_text(json.dumps(told))


def rewrite(path: Path, change: Callable[[Any], Any]) -> None:
    """Write a file of the data set anew, with other rows or columns."""
    table = parquet.ParquetFile(path).read()
    parquet.write_table(change(table), path)


def with_values(name: str, value: object, type: Any) -> Callable[[Any], Any]:
    """What puts one value, for all flows, in the place of a column's."""

    def change(table: Any) -> Any:
        if type == pa.string() and isinstance(value, bytes):  # whatever bytes they are
            values = pa.array([value] * table.num_rows, pa.binary()).view(pa.string())
        else:
            values = pa.array([value] * table.num_rows, type)
        return table.set_column(table.column_names.index(name), name, values)

    return change


def with_twice(name: str) -> Callable[[Any], Any]:
    """What gives a table a column twice."""
    return lambda table: table.append_column(name, table[name])


def without_values(data: bytes) -> bytes:
    """A Parquet file with its footer, but with other bytes for all values."""
    footer = int.from_bytes(data[-8:-4], "little") + 8
    return b"PAR1" + b"\xff" * (len(data) - footer - 4) + data[-footer:]


BREAKERS: dict[str, Callable[[Path], object]] = {
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:-100]),
    "empty": lambda path: path.write_bytes(b""),
    "not Parquet": lambda path: path.write_bytes(b"\x1b[2J" * 100),
    "other bytes": lambda path: path.write_bytes(without_values(path.read_bytes())),
    "texts for numbers": lambda path: rewrite(path, with_values("cost_ns", "\x1b[2J", pa.string())),
    "two columns of one name": lambda path: rewrite(path, with_twice("cost_ns")),
    "no UTF-8": lambda path: rewrite(path, with_values("opening", b"\xff", pa.string())),
}  # fmt: skip


@pytest.mark.parametrize("name", BREAKERS)
def test_a_broken_file_costs_a_line(name: str, out: Path) -> None:
    first, second = parquet_files(out)
    whole = read_rows(out)
    BREAKERS[name](first)
    rows = read_rows(out)
    assert [file.path for file in rows.files] == [str(second)]
    assert 0 < rows.count < whole.count
    (note,) = rows.notes
    assert note.startswith(str(first))
    assert note.isprintable()


def test_where_all_are_broken_there_are_no_flows(out: Path) -> None:
    for path in parquet_files(out):
        path.write_bytes(b"PAR1")
    shown = ShownFlows(read_rows(out))
    assert (shown.count, len(shown.rows.notes)) == (0, 2)


def test_a_column_that_is_missing_has_no_values(out: Path) -> None:
    for path in parquet_files(out):
        rewrite(path, lambda table: table.drop_columns(["sentence", "verdict", "captures"]))
    shown = ShownFlows(read_rows(out))
    assert {shown.listed(place).sentence for place in range(shown.count)} == {""}
    assert captures_of(read_manifest(out), shown.rows, 0)


def test_a_file_that_changes_while_it_is_looked_at_has_no_more_values(out: Path) -> None:
    rows = read_rows(out)
    rewrite(parquet_files(out)[0], lambda table: pa.concat_tables([table, table]))
    sentences = rows.column("sentence").to_pylist()
    assert len(sentences) == rows.count
    assert None in sentences
    assert "it has changed meanwhile" in rows.notes[0]


@pytest.mark.parametrize(
    ("module", "name", "most", "told"),
    [
        (columns, "MOST_FLOWS", 0, "it claims"),
        (columns, "MOST_BYTES", 10, "it claims"),
        (swept_rows, "MOST_FLOWS", 1, "left out"),
    ],
)
def test_there_is_a_limit(
    module: Any, name: str, most: int, told: str, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, name, most)
    rows = read_rows(out)
    assert rows.count <= most
    assert told in rows.notes[0]


@pytest.mark.parametrize("name", ["opening", "sentence", "findings", "names_dns"])
def test_a_small_file_does_not_become_large(
    name: str, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columns, "MOST_BYTES", 1 << 20)
    is_list = name in ("findings", "names_dns")
    type = pa.list_(pa.string()) if is_list else pa.string()
    change = with_values(name, ["x" * 2000] if is_list else "x" * 2000, type)
    path = parquet_files(out)[0]
    rewrite(path, lambda table: change(pa.concat_tables([table.slice(0, 1)] * 1000)))
    assert path.stat().st_size < 1 << 18
    rows = read_rows(out)
    rows.read(name)
    assert re.search(": its texts take 2,0[0-9]{2},000 bytes$", rows.notes[0])


@pytest.mark.parametrize("value", [-(1 << 63), (1 << 63) - 1, -1, None])
@pytest.mark.parametrize("name", ["first", "cost_ns", "client_port", "client_bytes", "index"])
def test_any_number_can_be_drawn(name: str, value: int | None, out: Path) -> None:
    type = pa.timestamp("ns", "UTC") if name == "first" else pa.int64()
    for path in parquet_files(out):
        rewrite(path, with_values(name, value, type))
    shown = ShownFlows(read_rows(out))
    for place in range(shown.count):
        flow = shown.listed(place)
        for width in (80, 200):
            line = flow_line(flow, place_columns(width), width, True)
            assert line_width(line) == width
    for by in ("host", "server"):
        for group in add_up(shown, by):
            assert line_width(group_line(group, 80)) == 80


# -- what is outside -------------------------------------------------------------------------------


def outside(out: Path) -> Path:
    """A file with flows that is not in the data set."""
    path = out.parent / "outside" / parquet_files(out)[0].name
    path.parent.mkdir()
    shutil.copy(parquet_files(out)[0], path)
    return path


def link_file(out: Path) -> None:
    first = parquet_files(out)[0]
    target = outside(out)
    first.unlink()
    first.symlink_to(target)


def link_folder(out: Path) -> None:
    day = parquet_files(out)[0].parent
    moved = out.parent / "elsewhere"
    shutil.move(day, moved)
    day.symlink_to(moved)


def link_table(out: Path) -> None:
    shutil.move(out / "flows", out.parent / "flows")
    (out / "flows").symlink_to(out.parent / "flows")


@pytest.mark.parametrize("link", [link_file, link_folder, link_table])
def test_no_link_is_followed(link: Callable[[Path], None], out: Path) -> None:
    before = len(find_files(read_manifest(out)).files)
    link(out)
    assert len(find_files(read_manifest(out)).files) < before


@pytest.mark.parametrize("name", ["../outside/{}", "flows/../../outside/{}", "{out}/outside/{}"])
def test_a_manifest_does_not_lead_outside(name: str, out: Path) -> None:
    path = outside(out)
    listed = name.format(path.name, out=out.parent)
    change_manifest(out, lambda told: [one.update(files=[listed]) for one in told["captures"]])
    found = find_files(read_manifest(out))
    assert found.files == []
    assert found.notes == ["2 files left out: the manifest names no such"]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b"null",
        b"[" * 100_000,
        b'{"rules": "4.6", "options": {"sources": 5}, "captures": []}',
        b'{"rules": "4.6", "options": {"sources": []}, "captures": [{"capture": "a",'
        b' "size": Infinity, "mtime": null, "etag": null, "error": null, "files": []}]}',
        b'{"rules": "4.6", "options": {"sources": ["\\ud800"]}, "captures": []}',
        b'{"rules": "4.6", "options": {"sources": []}, "captures": [{"capture": 1}]}',
        b'{"rules": "4.6", "options": {"sources": []}, "captures": [{"capture": "a", "size": "x",'
        b' "mtime": null, "etag": null, "error": null, "files": []}]}',
    ],
)
def test_what_is_no_manifest_is_refused(text: bytes, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_bytes(text)
    with pytest.raises(CaptureError, match="this is not the manifest of a sweep"):
        read_manifest(tmp_path)


def test_a_flow_cannot_name_other_captures(out: Path) -> None:
    other = with_values("captures", ["/etc/passwd"], pa.list_(pa.string()))
    for path in parquet_files(out):
        rewrite(path, other)
    with pytest.raises(CaptureError, match="this flow names other captures"):
        captures_of(read_manifest(out), read_rows(out), 0)


# -- captures --------------------------------------------------------------------------------------


def capture_at(path: Path) -> SweptCapture:
    """A capture as it would be swept now."""
    status = path.stat()
    return SweptCapture(str(path), status.st_size, status.st_mtime, None, "")


def test_a_capture_that_is_gone_or_has_changed_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.pcap"
    path.write_bytes(b"x")
    capture = capture_at(path)
    assert checked_path(capture) == os.path.realpath(path)
    os.utime(path, (1, 1))
    with pytest.raises(CaptureError, match="it has changed since it was swept"):
        checked_path(capture)
    path.unlink()
    with pytest.raises(CaptureError, match="no such file"):
        checked_path(capture)


def test_only_a_file_is_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.pcap")
    for path in (tmp_path / "a.pcap", tmp_path):
        with pytest.raises(CaptureError, match="this is not a file"):
            checked_path(capture_at(path))
    with pytest.raises(CaptureError):
        checked_path(SweptCapture("a\0b", 1, 1.0, None, ""))


@pytest.mark.parametrize(
    ("root", "sources", "path", "below"),
    [
        ("", ["caps"], "caps/a.pcap", True),
        ("", ["caps/*.pcap"], "caps/a.pcap", True),
        ("", ["caps/a.pcap"], "caps/a.pcap", True),
        ("", ["caps"], "capsule/a.pcap", False),
        ("", ["caps"], "caps/../other/a.pcap", False),
        ("", ["caps"], "caps/link.pcap", False),
        ("", ["s3://bucket/caps"], "caps/a.pcap", False),
        ("caps", ["/"], "other/a.pcap", False),
        ("caps", [], "caps/a.pcap", True),
    ],
)
def test_what_is_below_a_root(
    root: str, sources: list[str], path: str, below: bool, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    for folder in ("caps", "capsule", "other"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.pcap").write_bytes(b"x")
    (tmp_path / "caps" / "link.pcap").symlink_to(tmp_path / "other" / "a.pcap")
    status = Path(path).stat()
    capture = SweptCapture(str(tmp_path / path), status.st_size, status.st_mtime, None, "")
    assert is_below(checked_path(capture), roots_of(root, sources)) is below
