"""The rows of a capture are written whole, or not at all."""

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tcptui.engine.engine import new_engine
from tcptui.engine.wireshark.rule_sets import DEFAULT_RULES
from tcptui.fleet.data_set import Unwritable, write_rows
from tcptui.fleet.rows import Tables, broken_row
from tcptui.fleet.sources import find_sources
from tcptui.report.capture_facts import table_facts
from tests.fleet.swept import WEB_LOSS


@pytest.fixture
def tables() -> Tables:
    (source,) = find_sources([str(WEB_LOSS)], "").sources
    row = broken_row(source, "no reason", table_facts(new_engine(DEFAULT_RULES)))["captures"]
    return {"captures": row, "findings": row}


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_file_for_each_table(tables: Tables, tmp_path: Path) -> None:
    written = write_rows(tmp_path, "host=x/date=y", "a", [tables, tables])
    assert sorted(files(tmp_path)) == sorted(tmp_path / file for file in written)
    assert [file.split("/")[:3] for file in written] == [
        ["captures", "host=x", "date=y"],
        ["findings", "host=x", "date=y"],
    ]


def test_nothing_stays_where_making_the_rows_fails(tables: Tables, tmp_path: Path) -> None:
    def parts() -> Iterator[Tables]:
        yield tables
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_rows(tmp_path, "host=x/date=y", "a", parts())
    assert files(tmp_path) == []


@contextmanager
def small_files(most: int) -> Iterator[None]:
    """Let the system refuse files that are larger, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    obeyed = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, obeyed)


@pytest.mark.parametrize("most", [0, 100, 3000])
def test_nothing_stays_on_a_full_disk(most: int, tables: Tables, tmp_path: Path) -> None:
    with small_files(most), pytest.raises(Unwritable) as refused:
        write_rows(tmp_path, "host=x/date=y", "a", [tables])
    assert str(refused.value).startswith(f"{tmp_path}: ")
    assert files(tmp_path) == []
