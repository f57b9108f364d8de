"""`tcptui between` captures at two other hosts at once, each played by a stand-in for ssh."""

import json
import os
import sys
from pathlib import Path

import pytest

from samples.capture_files import pcap
from tests.between.way import Fates, Way, download
from tests.cli.running import Ended, run

SSH = f"""\
#!{sys.executable}
import os, sys, time
host = sys.argv[sys.argv.index("--") + 1]
with open(os.path.join(os.environ["STAND_IN"], host + ".pcap"), "rb") as file:
    os.write(1, file.read())
time.sleep(float(os.environ.get("STAY", "0")))
"""
URLS = "near=ssh://client/eth0", "far=ssh://server/eth0"


@pytest.fixture
def hosts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two hosts that have a download's packets, of which two were lost between."""
    play = download(Way(), 40, Fates(lost={4, 9}))
    for name, records in (("client", play.at_a), ("server", play.at_b)):
        ordered = sorted(records, key=lambda record: record.time)
        (tmp_path / f"{name}.pcap").write_bytes(pcap(ordered))
    ssh = tmp_path / "ssh"
    ssh.write_text(SSH)
    ssh.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setenv("STAND_IN", str(tmp_path))
    (tmp_path / "spool").mkdir()
    return tmp_path


def between(hosts: Path, *words: str) -> Ended:
    return run("between", "--format", "json", "--spool", str(hosts / "spool"), *words)


def test_points_are_captured_at_once_and_compared(hosts: Path) -> None:
    live = between(hosts, *URLS)
    files = between(hosts, f"near={hosts / 'client.pcap'}", f"far={hosts / 'server.pcap'}")
    assert live.code == 0, live.stderr
    found, wanted = json.loads(live.stdout), json.loads(files.stdout)
    assert found["flows"] == wanted["flows"]
    assert found["verdict"] == wanted["verdict"]
    assert [point["files"] for point in found["points"]] == [["ssh://client/eth0"],
                                                             ["ssh://server/eth0"]]  # fmt: skip
    assert "capturing on ssh://client/eth0, ssh://server/eth0" in live.stderr
    assert list((hosts / "spool").iterdir()) == []


def test_a_count_ends_them(hosts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAY", "30")
    ended = between(hosts, "-c", "10", *URLS)
    assert ended.code == 0, ended.stderr
    assert [point["packets"] for point in json.loads(ended.stdout)["points"]] == [10, 10]


def test_a_captured_point_and_a_file(hosts: Path) -> None:
    ended = between(hosts, URLS[0], f"far={hosts / 'server.pcap'}")
    assert ended.code == 0, ended.stderr
    assert len(json.loads(ended.stdout)["flows"]) == 1


def test_a_host_that_does_not_answer_is_told(hosts: Path) -> None:
    (hosts / "server.pcap").unlink()
    ended = between(hosts, *URLS)
    assert ended.code != 0
    assert "ssh://server/eth0" in ended.stderr
    assert "Traceback (most recent" not in ended.stderr.splitlines()[-1]
    assert list((hosts / "spool").iterdir()) == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("near=ssh://client/eth0,a.pcap", "b.pcap"), "a point that is captured now has no other"),
        (("http://x/a.pcap", "b.pcap"), "a point is a file, a folder or ssh://host/interface"),
        (("ssh://nowhere", "b.pcap"), "this is not an address"),
    ],
)
def test_what_cannot_be_a_point_is_refused(words: tuple[str, ...], told: str, hosts: Path) -> None:
    ended = between(hosts, *words)
    assert ended.code in (2, 3)
    assert told in ended.stderr
