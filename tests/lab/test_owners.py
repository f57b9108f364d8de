"""Whose flows they are, live between two namespaces: processes that come and go, each with
connections of its own, and what the screen's host can know of them."""

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tcptui.capture.live.live_capture import LiveCapture
from tcptui.capture.live.owners.kernel_view import KernelEnd
from tcptui.captures import Captures, OpenedSession
from tcptui.engine.names.owner import Owner
from tcptui.engine.tcp_state.states import State
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


RESTER = f"""\
import socket, sys, time
held = [socket.create_connection((sys.argv[1], {PORT})) for _ in range({EACH})]
for one in held[::3]:
    one.send(b"hello")
for one in held[1::3]:
    one.shutdown(socket.SHUT_WR)
for one in held[2::9]:
    one.close()
print(flush=True)
time.sleep(60)
"""
"""Has connections that stay as they are: some open, some half closed, some closed here alone."""
SAMPLES = 5000
PATIENCE = 60
"""Seconds, on a machine that does much else."""
EQUAL = 0.999
"""Of the samples at rest, in so many the kernel's state is the one by the packets at least."""


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


def played(host: Host, server: str, lasting: float) -> dict[int, int]:
    """The pid of each port, of processes that hold their connections for so many seconds."""
    workers = [start(host, WORKER, server, str(lasting)) for _ in range(WORKERS)]
    ports = {}
    for worker in workers:
        printed, _ = worker.communicate()
        ports.update({int(port): worker.pid for port in printed.split()})
    return ports


def owners(found: OpenedSession, side: str) -> dict[int, Owner]:
    """The processes of one side that are known, by the flow's port at its client."""
    told = {flow.client.port: found.engine.owner_of(flow) for flow in found.engine.flows}
    return {port: one for port, one in told.items() if one and one.pid and one.side == side}


def wait_for_process(live: LiveCapture) -> None:
    """Wait until the process for owners has begun."""
    asking = live.owners
    assert asking is not None
    wait_until(lambda: asking.is_of_all is not None, PATIENCE)


def wait_for_answers(found: OpenedSession, live: LiveCapture, flows: int) -> None:
    """Wait until there are so many flows, and all is said of their processes."""
    asking = live.owners
    assert asking is not None
    wait_until(lambda: asking._number == flows and not asking._asked, PATIENCE)


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize(("lasting", "whole"), [(1.2, WHOLE), (0.0, 0.0)])
def test_flows_of_this_host_have_their_processes(
    lasting: float,
    whole: float,
    hosts: tuple[Host, Host],
    captures: Captures,
) -> None:
    found, live = started(hosts[0], captures)
    ports = played(hosts[0], hosts[1].address, lasting)
    wait_for_answers(found, live, len(ports))
    named = owners(found, "client")
    assert all((ports[port], "") == (one.pid, one.namespace) for port, one in named.items())
    print(f"\n{lasting} s: {len(named)} of {len(ports)} flows have their process")
    assert len(named) >= whole * len(ports)
    all_named = len(named) + len(owners(found, "server")) == len(ports)
    assert ("none seen for" not in live.owners_told) == all_named
    assert "own user only" not in live.owners_told


def test_the_server_s_process_where_the_client_s_is_not_seen(
    hosts: tuple[Host, Host], server: "subprocess.Popen[str]", captures: Captures
) -> None:
    found, live = started(hosts[1], captures)
    played(hosts[0], hosts[1].address, 0.0)
    wait_for_answers(found, live, WORKERS * EACH)
    servers, clients = owners(found, "server").values(), owners(found, "client").values()
    assert len(servers) + len(clients) == WORKERS * EACH
    assert all((one.pid, one.namespace) == (server.pid, "") for one in servers)
    assert all(one.namespace == hosts[0].namespace for one in clients)


def test_a_report_of_processes(hosts: tuple[Host, Host], server: "subprocess.Popen[str]") -> None:
    with hosts[1].inside():
        capture = subprocess.Popen(
            [sys.executable, "-m", "tcptui.cli", "report", "--by", "process", "-i", "wire", "tcp"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
    assert capture.stderr is not None
    assert capture.stderr.readline().startswith("tcptui: capturing on")
    played(hosts[0], hosts[1].address, 0.5)
    time.sleep(0.5)
    capture.send_signal(signal.SIGINT)
    printed, _ = capture.communicate()
    (group,) = json.loads(printed)["groups"]
    comm = Path(f"/proc/{server.pid}/comm").read_text().strip()
    assert (group["key"], group["flows"]) == (comm, WORKERS * EACH)


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("at", [0, 1], ids=["client", "server"])
def test_the_kernel_says_what_the_packets_say(
    at: int, hosts: tuple[Host, Host], captures: Captures
) -> None:
    found, live = started(hosts[at], captures)
    workers = [start(hosts[0], RESTER, hosts[1].address) for _ in range(WORKERS)]
    wait_until(lambda: len(found.engine.flows) == WORKERS * EACH, PATIENCE)
    states: Counter[State] = Counter()
    ends: list[KernelEnd] = []
    while len(ends) < SAMPLES:
        for flow in found.engine.flows:
            ends += [one for one in live.kernel_ends(found.engine, flow) if one.is_at_rest]
    for worker in workers:
        worker.kill()
        worker.communicate()
    states.update(one.state for one in ends)
    wrong = Counter((one.state, one.by_packets) for one in ends if one.disagrees)
    print(f"\n{len(ends)} samples at rest, {sum(wrong.values())} disagree: {wrong}; {states}")
    assert len(states) > 1
    assert sum(wrong.values()) <= (1 - EQUAL) * len(ends)
