"""Whose flows they are, live between two namespaces: processes that come and go, each with
connections of its own, and what the screen's host can know of them."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tcptui.capture.options import CaptureOptions
from tcptui.captures import Captures, OpenedSession
from tcptui.engine.wireshark.release_4_0 import WIRESHARK_4_0
from tests.lab.network import PORT, Host
from tests.live.test_namespaces import hosts as hosts
from tests.live.test_namespaces import started
from tests.waiting import wait_until

pytestmark = pytest.mark.lab

WORKERS = 8
EACH = 50
WHOLE = 0.99
"""Of the flows alive for more than a second, so many have their process at least."""
SERVER = f"""\
import socket, sys
listener = socket.create_server((sys.argv[1], {PORT}), backlog=512)
print("listening", flush=True)
held = []
while True:
    held.append(listener.accept()[0])
"""
WORKER = f"""\
import socket, sys, time
held = []
for _ in range({EACH}):
    held.append(socket.create_connection((sys.argv[1], {PORT})))
    held[-1].send(b"hello")
    time.sleep(0.004)
print(*(one.getsockname()[1] for one in held), flush=True)
time.sleep(float(sys.argv[2]))
"""


def start(host: Host, code: str, *arguments: str) -> "subprocess.Popen[str]":
    """A program in this host's namespace."""
    with host.inside():
        return subprocess.Popen(
            [sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, text=True
        )


@pytest.fixture
def server(hosts: tuple[Host, Host]) -> Iterator["subprocess.Popen[str]"]:
    program = start(hosts[1], SERVER, hosts[1].address)
    assert program.stdout is not None
    program.stdout.readline()
    yield program
    program.kill()
    program.communicate()


@pytest.fixture
def captures(tmp_path: Path) -> Iterator[Captures]:
    made = Captures(CaptureOptions(), WIRESHARK_4_0, spool=str(tmp_path))
    yield made
    for opened in list(made.opened):
        made.leave_session(opened)


def played(host: Host, server: str, lasting: float) -> dict[int, int]:
    """The pid of each port, of processes that hold their connections for so many seconds."""
    workers = [start(host, WORKER, server, str(lasting)) for _ in range(WORKERS)]
    ports = {}
    for worker in workers:
        printed, _ = worker.communicate()
        ports.update({int(port): worker.pid for port in printed.split()})
    return ports


def owned(found: OpenedSession) -> dict[int, int]:
    """The pid that each flow's client has, by its port."""
    owners = {flow.client.port: found.engine.owner_of(flow) for flow in found.engine.flows}
    return {port: owner.pid for port, owner in owners.items() if owner is not None and owner.pid}


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize(("lasting", "whole"), [(1.2, WHOLE), (0.0, 0.0)])
def test_flows_of_this_host_have_their_processes(
    lasting: float,
    whole: float,
    hosts: tuple[Host, Host],
    captures: Captures,
) -> None:
    found, live = started(hosts[0], captures)
    assert live.owners is not None
    ports = played(hosts[0], hosts[1].address, lasting)
    wait_until(lambda: len(found.engine.flows) == len(ports))
    owners = live.owners
    wait_until(lambda: len(owned(found)) + owners.missed == len(ports))
    named = owned(found)
    assert all(ports[port] == pid for port, pid in named.items())
    print(f"\n{lasting} s: {len(named)} of {len(ports)} flows have their process")
    assert len(named) >= whole * len(ports)
    assert ("ended before" in live.owners_told) == (len(named) < len(ports))
    assert "own user only" not in live.owners_told


def test_the_server_s_process_where_the_client_is_elsewhere(
    hosts: tuple[Host, Host], server: "subprocess.Popen[str]", captures: Captures
) -> None:
    found, _ = started(hosts[1], captures)
    played(hosts[0], hosts[1].address, 0.5)
    wait_until(lambda: len(found.engine.flows) == WORKERS * EACH)
    wait_until(lambda: len(owned(found)) == WORKERS * EACH)
    owners = [found.engine.owner_of(flow) for flow in found.engine.flows]
    assert {(one.pid, one.is_server) for one in owners if one is not None} == {(server.pid, True)}
