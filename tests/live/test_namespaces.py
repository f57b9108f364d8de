"""Captures between namespaces. One that ends against its will says why, and what came is browsed
and saved; NFLOG is captured like an interface."""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tcptui.capture.live.live_capture import CaptureState, LiveCapture
from tcptui.capture.source import open_source
from tcptui.capture.writer import SaveError
from tcptui.captures import Captures, OpenedSession
from tcptui.engine.engine import Engine
from tcptui.engine.wireshark.release_4_0 import WIRESHARK_4_0
from tcptui.filters.subjects import FlowSubject, OpenCapture
from tcptui.report.save_packets import save_subject
from tcptui.session import SessionState as SessionState
from tcptui.session import analyse
from tests.lab.network import OWN, PORT, Host, possible, run
from tests.waiting import wait_until

SMALL_DISK = 200_000


@pytest.fixture
def hosts() -> Iterator[tuple[Host, Host]]:
    """Two namespaces with a cable between them."""
    reason = possible()
    if reason:
        pytest.skip(reason)
    tag = f"tcptui-{os.getpid()}-failures"
    one, other = (Host(f"{tag}-{n}", f"10.29.{OWN}.{n}", "wire") for n in (1, 2))
    both = one, other
    for host in both:
        run(f"ip netns add {host.namespace}")
    run(f"ip link add wire netns {one.namespace} type veth peer name wire netns {other.namespace}")
    for host in both:
        host.run(f"ip addr add {host.address}/24 dev wire")
        host.run("ip link set wire up")
    yield both
    for host in both:
        subprocess.run(["ip", "netns", "del", host.namespace], capture_output=True)
        for end in host.sockets:
            end.close()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of its own, which is soon full."""
    folder = tmp_path / "disk"
    folder.mkdir()
    run(f"mount -t tmpfs -o size={SMALL_DISK} tmpfs {folder}")
    yield folder
    run(f"umount {folder}")


def talk(hosts: tuple[Host, Host], size: int) -> None:
    """A connection that carries so many bytes."""
    listener = hosts[1].listen()
    caller = hosts[0].open_socket()
    caller.connect((hosts[1].address, PORT))
    accepted, _ = listener.accept()
    for _ in range(size // 1000):
        caller.sendall(b"x" * 1000)
        accepted.recv(1000, socket.MSG_WAITALL)
    for end in (caller, accepted, listener):
        end.close()


def started(
    host: Host, captures: Captures, interface: str = "wire"
) -> tuple[OpenedSession, LiveCapture]:
    """A capture of a host's interface, and what reads it."""
    with host.inside():
        found = captures.capture([interface], "")
    assert found.live is not None
    found.session.start()
    return found, found.live


def packets_of(found: OpenedSession) -> int:
    return int(found.engine.packets.count)


def check_saved(found: OpenedSession, target: Path) -> None:
    """All that was analysed is looked at, and saved to a file that says the same."""
    wait_until(lambda: found.session.state is SessionState.COMPLETE)
    packets = found.engine.packets
    for row in range(packets_of(found)):
        data = found.session.read_packet(int(packets.position(row)), int(packets.captured(row)))
        assert len(data) == packets.captured(row)
    saved = save_subject(
        str(target), found.session.source, OpenCapture(found.engine), FlowSubject(0)
    )
    source, again = open_source([str(target)]), Engine(WIRESHARK_4_0)
    for _ in analyse(source, again):
        pass
    source.close()
    assert int(again.packets.count) == saved == packets_of(found) > 10


def test_the_interface_goes_away(
    hosts: tuple[Host, Host], captures: Captures, tmp_path: Path
) -> None:
    found, live = started(hosts[0], captures)
    talk(hosts, 20_000)
    wait_until(
        lambda: packets_of(found) > 10
    )  # what is still in the kernel goes with the interface
    hosts[0].run("ip link del wire")
    wait_until(lambda: live.state is CaptureState.ENDED)
    assert live.error == "wire: The interface disappeared"
    check_saved(found, tmp_path / "saved.pcapng")


def test_the_capture_process_is_killed(
    hosts: tuple[Host, Host], captures: Captures, tmp_path: Path
) -> None:
    found, live = started(hosts[0], captures)
    talk(hosts, 20_000)
    wait_until(lambda: packets_of(found) > 40)
    assert live._process is not None
    live._process.kill()
    wait_until(lambda: live.state is CaptureState.ENDED)
    assert live.error == f"the capture process was killed (signal {signal.SIGKILL})"
    check_saved(found, tmp_path / "saved.pcap")


def test_the_disk_is_full(disk: Path, hosts: tuple[Host, Host], captures: Captures) -> None:
    """Frozen, so that the oldest packets do not make room: nothing can be saved there, but
    elsewhere."""
    captures.spool = str(disk)
    found, live = started(hosts[0], captures)
    live.freeze_spool(True)
    talk(hosts, 2 * SMALL_DISK)
    wait_until(lambda: live.state is CaptureState.ENDED)
    assert live.error == "the spool: the disk is full"
    wait_until(lambda: found.session.state is SessionState.COMPLETE)
    with pytest.raises(SaveError, match="nothing was saved"):
        check_saved(found, disk / "saved.pcapng")
    assert len(list(disk.iterdir())) == len(live.source.files)
    check_saved(found, disk.with_name("saved.pcapng"))


def test_what_was_left_is_deleted(
    hosts: tuple[Host, Host], captures: Captures, tmp_path: Path
) -> None:
    found, live = started(hosts[0], captures)
    hosts[0].run("ip link del wire")
    wait_until(lambda: live.state is CaptureState.ENDED)
    captures.leave_session(found)
    assert list(tmp_path.iterdir()) == []


def test_what_a_firewall_logs(hosts: tuple[Host, Host], captures: Captures) -> None:
    hosts[0].nft("add table ip lab")
    hosts[0].nft("add chain ip lab output { type filter hook output priority 0; }")
    hosts[0].nft("add rule ip lab output ip protocol tcp log group 5")
    found, live = started(hosts[0], captures, "nflog:5")
    talk(hosts, 20_000)
    wait_until(lambda: packets_of(found) > 20)
    assert (live.state, live.error) == (CaptureState.RUNNING, "")
