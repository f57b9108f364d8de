"""Processes in other network namespaces than the one that captures, as containers have them."""

import os
import subprocess
from collections.abc import Iterator

import pytest

from tcptui.captures import Captures, OpenedSession
from tcptui.engine.addresses import address_text
from tcptui.engine.names.owner import Owner
from tcptui.engine.tcp_state.states import State
from tests.lab.network import OWN, PORT, Host, possible, run
from tests.lab.test_owners import (
    EACH,
    SERVER,
    WHOLE,
    WORKERS,
    played,
    start,
    wait_for_answers,
    wait_for_process,
)
from tests.live.test_namespaces import started

pytestmark = pytest.mark.lab

INNER, OUTER = f"10.19.{OWN}", f"10.18.{OWN}"
CALLER_PORT = 40_000
CALLER = """\
import socket, sys, time
server, port, own = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
one = socket.create_connection((server, port), source_address=("", own))
one.send(b"hello")
print(flush=True)
time.sleep(60)
"""
"""Has one connection from a port that it is told."""
LONG, SHORT = 3.0, 1.0
"""Seconds that flows live. A look takes 0.1 s of processor time while hundreds begin, and four
times as long there is none; on a machine that does much else it takes many times that."""


class Containers:
    """Hosts on the bridges of the one that captures, and what runs in all of them."""

    def __init__(self) -> None:
        self.middle = Host(f"tcptui-{os.getpid()}-middle", f"{INNER}.254", "")
        run(f"ip netns add {self.middle.namespace}")
        self.middle.run("ip link set lo up")
        self.middle.set(ip_forward=1)
        self.made: list[Host] = []
        self.running: list[subprocess.Popen[str]] = []

    def add_bridge(self, name: str, address: str = "") -> None:
        """A bridge, on which the one that captures may have an address."""
        self.middle.run(f"ip link add {name} type bridge forward_delay 0")
        self.middle.run(f"ip link set {name} up")
        if address:
            self.middle.run(f"ip addr add {address}/24 dev {name}")

    def add(self, bridge: str, address: str) -> Host:
        """A container on a bridge."""
        host = Host(f"tcptui-{os.getpid()}-{len(self.made)}", address, "wire")
        run(f"ip netns add {host.namespace}")
        self.made.append(host)
        port = f"port{len(self.made)}"
        run(
            f"ip link add {port} netns {self.middle.namespace} type veth"
            f" peer name wire netns {host.namespace}"
        )
        self.middle.run(f"ip link set {port} master {bridge} up")
        host.run("ip link set lo up")
        host.run(f"ip addr add {address}/24 dev wire")
        host.run("ip link set wire up")
        host.run(f"ip route add default via {address.rpartition('.')[0]}.254")
        return host

    def serve(self, host: Host, address: str = "") -> int:
        """The pid of a server there."""
        return self._start(host, SERVER, address or host.address)

    def call(self, host: Host, server: str, port: int = CALLER_PORT) -> int:
        """The pid of a program there that has one connection."""
        return self._start(host, CALLER, server, str(PORT), str(port))

    def _start(self, host: Host, code: str, *arguments: str) -> int:
        program = start(host, code, *arguments)
        self.running.append(program)
        assert program.stdout is not None
        program.stdout.readline()
        return program.pid

    def close(self) -> None:
        """Nothing is left."""
        for one in self.running:
            one.kill()
            one.communicate()
        for host in (*self.made, self.middle):
            subprocess.run(["ip", "netns", "del", host.namespace], capture_output=True)


@pytest.fixture
def containers() -> Iterator[Containers]:
    reason = possible()
    if reason:
        pytest.skip(reason)
    made = Containers()
    yield made
    made.close()


def owners_of(found: OpenedSession) -> list[Owner]:
    owners = [found.engine.owner_of(flow) for flow in found.engine.flows]
    return [owner for owner in owners if owner is not None and owner.pid]


@pytest.mark.parametrize(("lasting", "whole"), [(LONG, WHOLE), (SHORT, 0.0)])
@pytest.mark.parametrize("interface", ["bridge", "any"])
def test_processes_of_containers(
    interface: str,
    lasting: float,
    whole: float,
    containers: Containers,
    captures: Captures,
) -> None:
    containers.add_bridge("bridge")
    both = containers.add("bridge", f"{INNER}.1"), containers.add("bridge", f"{INNER}.2")
    for host in both:
        containers.serve(host)
    found, live = started(containers.middle, captures, interface)
    wait_for_process(live)
    wanted = {}
    for host, server in (both, both[::-1]):
        for port, pid in played(host, server.address, lasting).items():
            wanted[host.address, port] = pid, host.namespace
    wait_for_answers(found, live, 2 * WORKERS * EACH)
    named = {
        (address_text(flow.client.address), flow.client.port): (owner.pid, owner.namespace)
        for flow in found.engine.flows
        if (owner := found.engine.owner_of(flow)) is not None and owner.side == "client"
    }
    print(f"\n{interface}, {lasting} s: {len(named)} of {len(wanted)} flows have their process")
    print(live.owners_told, len(owners_of(found)))
    assert named.items() <= wanted.items()
    assert len(named) >= whole * len(wanted)


def test_the_same_addresses_and_ports_in_two_namespaces(
    containers: Containers, captures: Captures
) -> None:
    for bridge in ("left", "right"):
        containers.add_bridge(bridge)
    one, other = (
        (containers.add(bridge, f"{INNER}.1"), containers.add(bridge, f"{INNER}.2"))
        for bridge in ("left", "right")
    )
    for _, server in (one, other):
        containers.serve(server)
    found, live = started(containers.middle, captures, "left")
    for client, server in (other, one):
        containers.call(client, server.address)
    alone = containers.call(one[0], one[1].address, CALLER_PORT + 1)
    wait_for_answers(found, live, 2)
    assert "ambiguous for 1" in live.owners_told
    assert [owner.pid for owner in owners_of(found)] == [alone]


def test_loopback_of_others_is_not_that_of_the_host(
    containers: Containers, captures: Captures
) -> None:
    containers.add_bridge("bridge")
    container, middle = containers.add("bridge", f"{INNER}.1"), containers.middle
    for host in (container, middle):
        containers.serve(host, "127.0.0.1")
    found, live = started(containers.middle, captures, "any")
    _, pid = [containers.call(host, "127.0.0.1") for host in (container, middle)]
    wait_for_answers(found, live, 1)
    (owner,) = owners_of(found)
    assert (owner.pid, owner.namespace, owner.side) == (pid, "", "client")


def test_a_container_and_the_host(containers: Containers, captures: Captures) -> None:
    middle = containers.middle
    containers.add_bridge("bridge", middle.address)
    container = containers.add("bridge", f"{INNER}.1")
    containers.serve(middle)
    found, live = started(containers.middle, captures, "bridge")
    pid = containers.call(container, middle.address)
    wait_for_answers(found, live, 1)
    (owner,) = owners_of(found)
    assert (owner.pid, owner.namespace, owner.side) == (pid, container.namespace, "client")
    (end,) = live.kernel_ends(found.engine, found.engine.flows[0])
    assert (end.is_server, end.state) == (True, State.ESTABLISHED)


def test_a_flow_whose_addresses_were_changed_on_its_way(
    containers: Containers, captures: Captures
) -> None:
    """Beyond the NAT it has addresses that no socket has: no owner is better than a wrong one."""
    containers.add_bridge("bridge", f"{INNER}.254")
    containers.add_bridge("outer", f"{OUTER}.254")
    container, outside = (
        containers.add("bridge", f"{INNER}.1"),
        containers.add("outer", f"{OUTER}.1"),
    )
    middle = containers.middle
    middle.nft("add table ip nat")
    middle.nft("add chain ip nat post { type nat hook postrouting priority 100; }")
    middle.nft("add rule ip nat post oifname outer meta l4proto tcp masquerade to :50000-50010")
    containers.serve(outside)
    found, live = started(containers.middle, captures, "any")
    pid = containers.call(container, outside.address)
    wait_for_answers(found, live, 2)
    owners = {
        address_text(flow.client.address): found.engine.owner_of(flow)
        for flow in found.engine.flows
    }
    within, beyond = owners[f"{INNER}.1"], owners[f"{OUTER}.254"]
    assert within is not None
    assert (within.pid, within.side) == (pid, "client")
    assert beyond is not None
    assert beyond.side == "server"
    assert beyond.pid != pid
