"""What a sweep does not do, it says in one line."""

import errno
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from samples.capture_files import Record, pcap
from tcptui.capture.errors import WrongOption
from tcptui.fleet.analysis import Order, analyse_run
from tcptui.fleet.cluster import check_workers, running_cluster
from tcptui.fleet.sources import find_sources
from tcptui.fleet.versions import Versions, versions
from tests.cli.running import run
from tests.fleet.swept import WEB_LOSS, manifest, rows, sweep

LONG = "a" * 300
"""A name that no file can have."""


@pytest.mark.parametrize("package", ["distributed", "fsspec", "pyarrow"])
def test_without_the_extra_the_line_says_what_to_install(
    package: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    said = f"tcptui: sweep needs {package}: pip install 'tcptui[fleet]'\n"
    assert sweep(tmp_path / "out", WEB_LOSS) == (2, b"", said)


def test_a_dashboard_needs_what_draws_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "bokeh", None)
    said = "tcptui: --dashboard needs bokeh: pip install 'tcptui[fleet]' bokeh\n"
    assert sweep(tmp_path / "out", WEB_LOSS, "--dashboard") == (2, b"", said)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ("A", 2, "sweep needs a folder for its data set: tcptui sweep SOURCE… -o OUT"),
        ("-o out", 2, "sweep needs a capture file: tcptui sweep SOURCE… -o OUT"),
        ("A -o out --workers 0", 2, "--workers 0: a number, from 1 to 4096"),
        ("A -o out --scheduler host:8786", 2, "like tcp://127.0.0.1:8786"),
        ("A -o out --scheduler tcp://u:secret@host:1", 2, "the address of a Dask scheduler"),
        ("A -o out --scheduler tcp://h:1 --workers 2", 2, "--workers: a scheduler that is"),
        ("A -o out --scheduler tcp://h:1 --dashboard", 2, "--dashboard: a scheduler that is"),
        ("A -o out --host-from web", 2, "--host-from web: a regular expression with a group"),
        ("A -o out --host-from (", 2, "--host-from (: a regular expression with a group"),
        ("A -o out --rules all", 2, "only explain shows all rules"),
        ("A -o out -Y tcp", 2, "sweep takes no -Y"),
        ("A -o out -c 3", 2, "sweep analyses whole captures: it takes no -c"),
        ("- -o out", 2, "-: sweep reads whole files"),
        ("A -o full", 2, "full: the folder is not empty; choose another one, or add --resume"),
        ("A -o A", 2, "A: this is not a folder; choose another name"),
        (f"A -o {LONG}", 3, "file name too long; make room there, or choose another folder"),
        (f"{LONG} -o out", 3, "file name too long"),
        ("missing -o out", 3, "missing: no such file or directory; check the name"),
        ("*.nothing -o out", 3, "*.nothing: no file matches"),
        ("empty -o out", 3, "empty: no captures there"),
        ("fifo -o out", 3, "fifo: this is not a file or a folder"),
        ("xyz://a/b -o out", 3, "xyz://a/b: ValueError: Protocol not known"),
        ("memory://nothing -o out", 3, "memory://nothing: FileNotFoundError"),
    ],
)
def test_a_line_says_what_is_wrong(
    arguments: str, code: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("A").write_bytes(WEB_LOSS.read_bytes())
    Path("empty").mkdir()
    Path("full").mkdir()
    Path("full/x").touch()
    os.mkfifo("fifo")
    ended = run("sweep", *arguments.split())
    assert ended.code == code
    assert said in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert not Path("out").exists()


def test_a_folder_that_cannot_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open" / "a.pcapng").write_bytes(WEB_LOSS.read_bytes())
    (tmp_path / "shut").mkdir()
    look = os.scandir

    def scandir(path: str) -> Any:
        if Path(path).name == "shut":
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return look(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert len(find_sources([str(tmp_path)], "").sources) == 1
    said = f"tcptui: {tmp_path}/shut: permission denied; this folder is left out\n"
    assert capsys.readouterr().err == said


@pytest.mark.usefixtures("in_process")
def test_a_broken_capture_is_a_row_with_its_error(tmp_path: Path) -> None:
    folder, out = tmp_path / "in" / "web1", tmp_path / "out"
    folder.mkdir(parents=True)
    (folder / "good.pcapng").write_bytes(WEB_LOSS.read_bytes())
    (folder / "cut.pcapng").write_bytes(WEB_LOSS.read_bytes()[:9000])
    (folder / "empty.pcap").touch()
    (folder / "text.pcap").write_text("hello\x1b[31m")
    (folder / "README").write_text("no capture")
    ended = sweep(out, folder)
    assert ended.code == 0
    assert "1 file in these folders" in ended.stderr
    assert "2 of 4 captures could not be read" in ended.stderr
    cut, empty, good, text = rows(out, "captures")
    assert (cut["error"], good["error"], good["warnings"]) == (None, None, [])
    assert "the capture is incomplete" in cut["warnings"][0]
    assert (empty["flows"], empty["date"]) == (None, None)
    assert (
        empty["error"] == f"{folder}/empty.pcap: the file is empty; capture again, or name a "
        "pcap or pcapng file"
    )
    assert "\x1b" not in text["error"]
    assert [one["state"] for one in manifest(out)["captures"]] == [
        "done", "broken", "done", "broken"
    ]  # fmt: skip


@pytest.mark.usefixtures("in_process")
def test_captures_without_tcp_or_without_packets_are_not_broken(tmp_path: Path) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    (folder / "a.pcap").write_bytes(pcap([Record(1, bytes(60))]))
    (folder / "b.pcap").write_bytes(pcap([]))
    assert sweep(out, folder).code == 0
    told = [(one["packets"], one["flows"], one["error"]) for one in rows(out, "captures")]
    assert told == [(1, 0, None), (0, 0, None)]


@pytest.mark.usefixtures("in_process")
def test_where_none_can_be_read_that_is_the_end(tmp_path: Path) -> None:
    (tmp_path / "a.pcap").write_text("hello")
    ended = sweep(tmp_path / "out", tmp_path / "a.pcap")
    assert ended.code == 3
    assert "no capture could be read; the first of them: " in ended.stderr


@pytest.mark.usefixtures("in_process")
def test_a_data_set_that_cannot_be_written_ends_the_sweep(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "manifest.json").write_text(
        '{"version": "", "schema": 0, "rules": "", "options": {"host_from": null}, "captures": []}'
    )
    (out / "flows").touch()
    ended = sweep(out, WEB_LOSS, "--resume")
    assert ended.code == 3
    assert f"{out}: " in ended.stderr
    assert "--resume" in ended.stderr


class Workers:
    """Answers as the workers of a cluster."""

    def __init__(self, **has: Versions | BaseException) -> None:
        self.has = has

    def run(self, question: object, on_error: str) -> dict[str, Any]:
        assert (question, on_error) == (versions, "return")
        return self.has


@pytest.mark.parametrize(
    ("has", "said"),
    [
        (versions(), ""),
        (Versions("0.0.9", versions().python), "w2 has tcptui 0.0.9 under Python 3"),
        (Versions(versions().tcptui, "2.7"), "w2 has tcptui 0.1.0 under Python 2.7: this is"),
        (ModuleNotFoundError("tcptui"), "w2 has no tcptui that can sweep"),
    ],
)
def test_workers_of_other_versions_are_refused_by_name(
    has: Versions | BaseException, said: str
) -> None:
    workers = Workers(w1=versions(), w2=has)
    if not said:
        check_workers(workers)
        return
    with pytest.raises(WrongOption) as refused:
        check_workers(workers)
    assert said in str(refused.value)
    assert "w1" not in str(refused.value)


@pytest.mark.parametrize(
    ("scheduler", "is_warned"),
    [
        ("tcp://127.0.0.1:8786", False),
        ("tcp://localhost:8786", False),
        ("tcp://[::1]:8786", False),
        ("tls://elsewhere:8786", False),
        ("tcp://elsewhere:8786", True),
        ("tcp://127.0.0.1.elsewhere:8786", True),
    ],
)
def test_what_passes_unencrypted_is_said_once(
    scheduler: str,
    is_warned: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    class Connected(Workers):
        def __enter__(self) -> "Connected":
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def wait_for_workers(self, number: int, timeout: float) -> None:
            assert (number, timeout > 0) == (1, True)

    monkeypatch.setattr("tcptui.fleet.cluster.connected", lambda _: Connected(w1=versions()))
    with running_cluster(scheduler) as client:
        assert client.has == {"w1": versions()}
    said = capsys.readouterr().err
    assert said.count("\n") == is_warned
    assert ("unencrypted" in said) == is_warned


def test_a_worker_that_came_later_and_differs_analyses_nothing(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").touch()
    sources = find_sources([str(WEB_LOSS)], "").sources
    for order, said in (
        (Order(str(tmp_path), "4.6", Versions("9", "3")), "this is tcptui 9 under Python 3"),
        (Order(str(tmp_path / "x"), "4.6", versions()), "must be the same folder"),
    ):
        (outcome,) = analyse_run(sources, [None], order)
        assert said in (outcome.fatal or "")
        assert list(tmp_path.iterdir()) == [tmp_path / "manifest.json"]
