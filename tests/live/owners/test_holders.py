"""Whose a socket is, by a /proc that a test has made."""

from pathlib import Path

import pytest

from tcptui.capture.live.owners.cgroup import cgroup_names
from tcptui.capture.live.owners.holders import Holders, cgroup_of, holder_of
from tcptui.capture.live.owners.messages import Holder

HEX = "0123456789abcdef" * 4


@pytest.fixture
def proc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that stands for /proc, with two processes."""
    add_process(tmp_path, 10, b"nginx\n", b"0::/system.slice/nginx.service\n", "socket:[71]", "/x")
    add_process(tmp_path, 11, b"\x1b[2J\xff\n", b"junk\n0:\n:::", "socket:[72]", "socket:[junk]")
    (tmp_path / "self").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def add_process(proc: Path, pid: int, name: bytes, cgroup: bytes, *opened: str) -> None:
    (proc / f"{pid}" / "fd").mkdir(parents=True)
    (proc / f"{pid}" / "comm").write_bytes(name)
    (proc / f"{pid}" / "cgroup").write_bytes(cgroup)
    for number, target in enumerate(opened):
        (proc / f"{pid}" / "fd" / f"{number}").symlink_to(target)


@pytest.mark.usefixtures("proc")
def test_processes_are_found_by_their_sockets() -> None:
    assert Holders().find({71, 72, 73}) == ({71: 10, 72: 11}, True)
    assert holder_of(10, 33) == Holder(10, 33, b"nginx", b"/system.slice/nginx.service")


@pytest.mark.usefixtures("proc")
def test_what_a_process_says_of_itself_is_bytes() -> None:
    assert holder_of(11, 0) == Holder(11, 0, b"\x1b[2J\xff", b":")


@pytest.mark.usefixtures("proc")
def test_a_process_that_has_gone_has_no_name() -> None:
    assert holder_of(99, 5) == Holder(99, 5, b"", b"")


def test_who_opened_a_socket_is_asked_first(proc: Path) -> None:
    holders = Holders()
    assert holders.find({71}) == ({71: 10}, True)
    holders._next_scan = float("inf")  # all processes were asked just now
    (proc / "10" / "fd" / "9").symlink_to("socket:[80]")
    assert holders.find({80, 72}) == ({80: 10}, False)


def test_who_began_since_is_asked_too(proc: Path) -> None:
    holders = Holders()
    holders.find({71})
    holders._next_scan = float("inf")
    add_process(proc, 12, b"curl\n", b"", "socket:[90]")
    assert holders.find({90}) == ({90: 12}, True)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (b"0::/user.slice\n", b"/user.slice"),
        (b"3:cpu:/docker/x\n1:name=systemd:/docker/x\n0::/\n", b"/docker/x"),
        (b"0::/\n", b""),
        (b"", b""),
        (b"\n\n::\xff/\n:", b"\xff/"),
    ],
)
def test_cgroup(text: bytes, path: bytes) -> None:
    assert cgroup_of(text) == path


@pytest.mark.parametrize(
    ("path", "container", "unit"),
    [
        ("/system.slice/nginx.service", "", "nginx.service"),
        ("/user.slice/user-1000.slice/user@1000.service/app.slice/app-x.scope", "", "app-x.scope"),
        (f"/docker/{HEX}", HEX[:12], ""),
        (f"/system.slice/docker-{HEX}.scope", HEX[:12], ""),
        (f"/machine.slice/libpod-{HEX}.scope/container", HEX[:12], ""),
        (f"/kubepods.slice/kubepods-pod1.slice/cri-containerd-{HEX}.scope", HEX[:12], ""),
        (f"/kubepods/burstable/pod1-2/{HEX}", HEX[:12], ""),
        (f"/system.slice/containerd.service/{HEX}", HEX[:12], "containerd.service"),
        ("/lxc.payload.web/system.slice/ssh.service", "web", ""),
        ("/lxc/web/init.scope", "web", ""),
        (f"/{HEX}0", "", ""),
        ("/", "", ""),
        ("", "", ""),
        ("/" * 10_000, "", ""),
    ],
)
def test_containers_and_units(path: str, container: str, unit: str) -> None:
    assert cgroup_names(path) == (container, unit)
