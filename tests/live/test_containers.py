"""`pod://` and `docker://`: a stand-in for kubectl or docker gets exactly these arguments."""

import json
import os
import shlex
import sys
from pathlib import Path

import pytest

from samples.capture_files import pcap
from tcptui.capture.errors import CaptureError
from tcptui.capture.live.live_options import LiveOptions
from tcptui.capture.live.remote_command import command
from tests.between.way import Fates, Way, download
from tests.cli.running import Ended, run

EXEC = "kubectl exec -n shop"
ANY = "tcpdump -U -s 0 -w - -i any"

COMMANDS = [
    ("pod://shop/cart", LiveOptions(), f"{EXEC} cart -- {ANY}"),
    ("pod://shop/cart/app", LiveOptions(), f"{EXEC} cart -c app -- {ANY}"),
    ("pod://shop/cart-7d4f.2/app/", LiveOptions(), f"{EXEC} cart-7d4f.2 -c app -- {ANY}"),
    ("docker://web", LiveOptions(), f"docker exec web {ANY}"),
    (
        "docker://0123456789ab",
        LiveOptions(expression="tcp port 80; reboot", snaplen=96, buffer=4096, count=3),
        "docker exec 0123456789ab tcpdump -U -s 96 -w - -i any -B 4096 -c 3 "
        "-- 'tcp port 80; reboot'",
    ),
    (
        "pod://shop/cart",
        LiveOptions(promiscuous=False, direction="in", immediate=True, user="nobody"),
        f"{EXEC} cart -- {ANY} -p -Q in --immediate-mode -Z nobody",
    ),
]

NO_NAMES = [
    "pod://shop",
    "pod:///cart",
    "pod://-n/cart",
    "pod://shop/-cart",
    "pod://shop/cart/-c",
    "pod://shop/cart-",
    "pod://shop.x/cart",
    "pod://Shop/cart",
    "pod://shop/ca rt",
    "pod://shop/cart/app/x",
    "pod://shop/cart\n",
    "pod://shop/a..b",
    f"pod://{'n' * 64}/cart",
    f"pod://shop/{'.'.join(['p' * 63] * 4)}",
    "docker://",
    "docker://-it",
    "docker://--privileged",
    "docker://we_b",
    "docker://web;reboot",
    "docker://web/eth0",
    "docker://wéb",
]

STAND_IN = f"""\
#!{sys.executable}
import json, os, sys
with open(os.path.join(os.environ["STAND_IN"], "arguments"), "w") as file:
    json.dump(sys.argv, file)
with open(os.path.join(os.environ["STAND_IN"], "a.pcap"), "rb") as file:
    os.write(1, file.read())
os.write(2, os.environ.get("SAY", "").encode())
sys.exit(int(os.environ.get("CODE", "0")))
"""


@pytest.mark.parametrize(("url", "options", "line"), COMMANDS, ids=[line for *_, line in COMMANDS])
def test_command(url: str, options: LiveOptions, line: str) -> None:
    assert command(url, options) == shlex.split(line)


@pytest.mark.parametrize("url", NO_NAMES)
def test_what_is_no_name_is_refused(url: str) -> None:
    with pytest.raises(CaptureError, match=r"this is not an address.*RFC 1123"):
        command(url, LiveOptions([url]))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a stand-in for kubectl and one for docker, which send a download."""
    play = download(Way(), 40, Fates())
    records = sorted(play.at_a, key=lambda record: record.time)
    (tmp_path / "a.pcap").write_bytes(pcap(records))
    for name in ("kubectl", "docker"):
        (tmp_path / name).write_text(STAND_IN)
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setenv("STAND_IN", str(tmp_path))
    return tmp_path


def report(folder: Path, *words: str) -> Ended:
    return run("report", "--spool", str(folder), *words)


@pytest.mark.parametrize(
    ("url", "line"),
    [
        ("pod://shop/cart/app", f"{EXEC} cart -c app -- {ANY} -- tcp"),
        ("docker://web", f"docker exec web {ANY} -- tcp"),
    ],
)
def test_it_is_captured_through_the_users_own_program(url: str, line: str, folder: Path) -> None:
    ended = report(folder, "-i", url, "tcp")
    assert ended.code == 0, ended.stderr
    assert len(json.loads(ended.stdout)["flows"]) == 1
    program, *arguments = json.loads((folder / "arguments").read_text())
    assert [Path(program).name, *arguments] == shlex.split(line)


def test_pods_are_points(folder: Path) -> None:
    ended = run("between", "--spool", str(folder), "--format", "json",
                "pod://shop/cart/app", "docker://web")  # fmt: skip
    assert ended.code == 0, ended.stderr
    assert [point["name"] for point in json.loads(ended.stdout)["points"]] == ["cart", "web"]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("error: pods \"cart\" not found\ncommand terminated with exit code 1\n",
         'pods "cart" not found'),
        ('OCI runtime exec failed: exec: "tcpdump": executable file not found in $PATH: unknown\n'
         "command terminated with exit code 126\n", "there is no tcpdump in the container"),
    ],
)  # fmt: skip
def test_what_fails_there_is_one_line(
    said: str, told: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a.pcap").write_bytes(b"")
    monkeypatch.setenv("SAY", said)
    monkeypatch.setenv("CODE", "1")
    ended = report(folder, "-i", "pod://shop/cart")
    assert ended.code == 3
    (line,) = ended.stderr.splitlines()
    assert told in line
    assert "try `kubectl exec` alone" in line


@pytest.mark.parametrize(("url", "program"), [("pod://a/b", "kubectl"), ("docker://a", "docker")])
def test_a_program_that_is_missing_is_named(
    url: str, program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    ended = run("report", "-i", url)
    assert ended.code == 3
    (line,) = ended.stderr.splitlines()
    assert f"{program}: No such file or directory; install {program}" in line
