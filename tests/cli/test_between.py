"""`tcptui between` from the command line: points with and without names, and what is refused."""

import json
from pathlib import Path

import pytest

from samples.capture_files import pcap
from tests.between.way import Fates, Way, download
from tests.cli.running import run


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Two captures of a download, each also cut in two, in folders of their own."""
    play = download(Way(), 40, Fates(lost={4, 9}))
    for name, records in (("client", play.at_a), ("server", play.at_b)):
        records = sorted(records, key=lambda record: record.time)
        (tmp_path / f"{name}.pcap").write_bytes(pcap(records))
        (tmp_path / name).mkdir()
        for number, part in enumerate((records[:30], records[30:])):
            (tmp_path / name / f"{number}.pcap").write_bytes(pcap(part))
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "notes.txt").write_text("on Monday")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "client.pcap").write_bytes((tmp_path / "server.pcap").read_bytes())
    return tmp_path


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (("client.pcap", "server.pcap"), ["client", "server"]),
        (("server.pcap", "client.pcap"), ["client", "server"]),
        (("lan=client.pcap", "wan=server.pcap"), ["lan", "wan"]),
        (("client", "server"), ["client", "server"]),
        (("client.pcap", "other/client.pcap"), ["client", "client (2)"]),
        (("a=client/0.pcap,client/1.pcap", "b=server"), ["a", "b"]),
        (("c=client/*.pcap", "s=server/?.pcap"), ["c", "s"]),
        (("beyond=client", "uncaptured=server"), ["beyond (2)", "uncaptured (2)"]),
    ],
)
def test_words_are_points(
    words: tuple[str, ...], names: list[str], files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(files)
    ended = run("between", *words)
    assert ended.code == 0
    facts = json.loads(ended.stdout)
    assert [point["name"] for point in facts["points"]] == names
    (flow,) = facts["flows"]
    (lost,) = flow["lost"]
    assert (lost["from"], lost["to"], lost["segments"]) == (names[1], names[0], 2)
    assert "2 of" in facts["verdict"]


@pytest.mark.parametrize(
    ("later", "said"), [(0, "all times are equal:"), (7, "all times are equal but for the clocks:")]
)
def test_the_same_capture_twice_is_told(
    later: int, said: str, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(files)
    records = sorted(download(Way(), 40, Fates()).at_a, key=lambda record: record.time)
    (files / "one.pcap").write_bytes(pcap(records))
    shifted = [one._replace(time=one.time + later * 1_000_000) for one in records]
    (files / "two.pcap").write_bytes(pcap(shifted))
    (warning,) = json.loads(run("between", "one.pcap", "two.pcap").stdout)["warnings"]
    assert warning.startswith(said)


def test_what_is_no_capture_in_a_folder_is_left_out(
    files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(files)
    (files / "client" / "README").write_text("captured on Monday")
    (files / "client" / "1.pcap").rename(files / "client" / "second")
    ended = run("between", "client", "server")
    facts = json.loads(ended.stdout)
    assert facts["points"][0]["files"] == ["client/0.pcap", "client/second"]
    said = "tcptui: client: 1 file there: no capture by name or first bytes, left out\n"
    assert ended.stderr == said


def test_markdown_begins_with_the_verdict(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(files)
    ended = run("between", "--format", "md", "client.pcap", "server.pcap")
    assert ended.stdout.decode().startswith("**Between client and server, 2 of ")
    assert "server #" in ended.stdout.decode()


def test_csv_has_a_line_for_each_thing(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(files)
    ended = run("between", "--format", "csv", "client.pcap", "server.pcap")
    head, *rows = ended.stdout.decode().splitlines()
    assert head.startswith("flow,client,server,what,from,to,direction,segments,bytes")
    assert rows[0].startswith("0/0,10.0.0.1:40000,10.9.9.9:80,lost,server,client,s,2,2000")


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("client.pcap",), 2, "two capture points or more"),
        (("client.pcap", "nowhere.pcap"), 3, "nowhere.pcap"),
        (("client.pcap", "x*.pcap"), 2, "no file matches"),
        (("client.pcap", "texts"), 2, "texts: the folder has no captures"),
        (("client.pcap", "https://host/a.pcap"), 2, "a point is a file, a folder or ssh://"),
        (("--format", "xml", "client.pcap", "server.pcap"), 2, "json, md, csv"),
        (("-c", "3", "client.pcap", "server.pcap"), 2, "-p act on points of ssh://"),
    ],
)
def test_what_is_wrong_is_said(
    words: tuple[str, ...],
    code: int,
    says: str,
    files: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(files)
    ended = run("between", *words)
    assert ended.code == code
    assert says in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
