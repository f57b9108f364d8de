"""Sockets of other network namespaces, by a /proc that a test has made."""

import os
import time
from pathlib import Path
from socket import AF_INET6, inet_aton, inet_pton

import pytest

from tcptui.capture.live.owners import other_namespaces
from tcptui.capture.live.owners.messages import HERE, Holder, Outcome, OwnerAnswer
from tcptui.capture.live.owners.namespace_names import namespace_name
from tcptui.capture.live.owners.other_namespaces import OtherNamespaces
from tcptui.capture.live.owners.proc_net import SELF, addresses_of, namespace_of, sockets_of
from tcptui.capture.live.owners.process import OwnerTable
from tcptui.capture.live.owners.sock_diag import MAPPED, KernelSocket, key_of, peer_key
from tests.live.owners.proc_folder import (
    ESTABLISHED,
    OWN,
    TIME_WAIT,
    add_process,
    socket_line,
    write_opened,
    write_sockets,
)
from tests.live.owners.test_owner_process import PretendedKernel

CLIENT, SERVER, HOST = map(inet_aton, ("10.9.0.1", "10.9.0.2", "10.9.0.9"))
LOCAL = inet_aton("127.0.0.1")
WIDE = inet_pton(AF_INET6, "2001:db8::1")
FLOW = key_of(CLIENT, 40_000, SERVER, 80)
LOOPED = key_of(LOCAL, 40_000, LOCAL, 80)
ONE, OTHER = 4026532001, 4026532002
INODE = 71
NGINX = Holder(20, 1000, b"nginx")


@pytest.fixture
def proc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The host's own namespace."""
    monkeypatch.chdir(tmp_path)
    add_process(tmp_path, SELF, OWN, (HOST,))
    add_process(tmp_path, 1, OWN, (HOST,))
    return tmp_path


def look(others: OtherNamespaces) -> OtherNamespaces:
    """Look once."""
    last = others.last
    while others.last is last:
        others.step()
    return others


def answered(key: bytes, *own: KernelSocket, sees_all: bool = True) -> OwnerAnswer | None:
    """What is said of a flow that was asked for long ago."""
    others = OtherNamespaces(sees_all)
    table = OwnerTable(PretendedKernel(*own), sees_all, others)
    for _ in range(3):
        others.seen.holders._next_scan = table.seen.holders._next_scan = 0.0
        look(others)
        table.look()
    return table.answer(1, key, time.monotonic() - 10)


def outcome(key: bytes, *own: KernelSocket, sees_all: bool = True) -> Outcome | None:
    answer = answered(key, *own, sees_all=sees_all)
    return None if answer is None else answer.outcome


def owned(is_server: bool, namespace: int, holder: Holder = NGINX) -> OwnerAnswer:
    return OwnerAnswer(1, Outcome.OWNED, is_server, holder, namespace)


def test_a_namespace_is_read_through_one_of_its_processes(proc: Path) -> None:
    add_process(proc, 20, ONE, (CLIENT, WIDE, LOCAL))
    assert namespace_of(20) == ONE
    assert addresses_of(20) == {MAPPED + CLIENT, WIDE}


@pytest.mark.parametrize(
    "key",
    [FLOW, key_of(WIDE, 65535, WIDE, 1), key_of(MAPPED + CLIENT, 1, WIDE, 2)],
    ids=["IPv4", "IPv6", "mapped"],
)
def test_sockets(key: bytes, proc: Path) -> None:
    add_process(proc, 20, ONE, sockets=((key, INODE),))
    found = [one for several in sockets_of(20, ONE) for one in several]
    assert found == [KernelSocket(key, ESTABLISHED, 1000, INODE)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "junk\n",
        "\x1b[2J\n" * 1000,
        socket_line(FLOW, INODE, TIME_WAIT),
        socket_line(FLOW, INODE)[:60],
        socket_line(FLOW, INODE).replace(":9C40", ":9C4"),
        socket_line(FLOW, INODE).replace("0100090A", "010009"),
    ],
)
def test_what_is_no_socket_that_a_process_may_hold(text: str, proc: Path) -> None:
    add_process(proc, 20, ONE)
    (proc / "20" / "net" / "tcp").write_text(text)
    assert [one for several in sockets_of(20, ONE) for one in several] == []


def test_a_namespace_without_ipv6(proc: Path) -> None:
    add_process(proc, 20, ONE, (CLIENT,), ((FLOW, INODE),), (INODE,))
    (proc / "20" / "net" / "tcp6").unlink()
    (proc / "20" / "net" / "if_inet6").unlink()
    assert answered(FLOW) == owned(False, ONE)


def test_a_process_that_has_left_its_namespace_is_not_read(proc: Path) -> None:
    add_process(proc, 20, ONE)
    with pytest.raises(ProcessLookupError):
        next(sockets_of(20, OTHER))


def test_the_client_s_process_is_in_another_namespace(proc: Path) -> None:
    add_process(proc, 20, ONE, (CLIENT,), ((FLOW, INODE),), (INODE,))
    add_process(proc, 21, ONE, (CLIENT,), ((FLOW, INODE),))
    assert answered(FLOW) == owned(False, ONE)
    assert answered(peer_key(FLOW)) == owned(True, ONE)


def test_both_ends_are_in_other_namespaces(proc: Path) -> None:
    add_process(proc, 20, ONE, (CLIENT,), ((FLOW, INODE),), (INODE,))
    add_process(proc, 30, OTHER, (SERVER,), ((peer_key(FLOW), 72),), (72,))
    assert answered(FLOW) == owned(False, ONE)


def test_the_client_of_a_server_of_this_namespace(proc: Path) -> None:
    key = key_of(CLIENT, 40_000, HOST, 80)
    (proc / "1" / "fd" / "3").symlink_to("socket:[72]")
    own = KernelSocket(peer_key(key), ESTABLISHED, 0, 72)
    assert answered(key, own) == owned(True, HERE, Holder(1, 0, b"nginx"))
    add_process(proc, 20, ONE, (CLIENT,), ((key, INODE),), (INODE,))
    assert answered(key, own) == owned(False, ONE)


def test_two_namespaces_have_the_same_addresses_and_ports(proc: Path) -> None:
    add_process(proc, 20, ONE, (CLIENT,), ((FLOW, INODE),), (INODE,))
    add_process(proc, 30, OTHER, (CLIENT,), ((FLOW, 72),), (72,))
    assert outcome(FLOW) is Outcome.AMBIGUOUS
    write_sockets(proc, 30)
    assert answered(FLOW) == owned(False, ONE)


def test_the_other_end_may_be_known_all_the_same(proc: Path) -> None:
    for pid, namespace in ((20, ONE), (30, OTHER)):
        add_process(proc, pid, namespace, (CLIENT,), ((FLOW, pid),), (pid,))
    add_process(proc, 40, OTHER + 1, (SERVER,), ((peer_key(FLOW), 40),), (40,))
    assert answered(FLOW) == owned(True, OTHER + 1, NGINX._replace(pid=40))


def test_one_after_the_other_has_the_same_addresses_and_ports(proc: Path) -> None:
    add_process(proc, 20, ONE, (CLIENT,), ((FLOW, INODE),), (INODE,))
    add_process(proc, 30, OTHER, (CLIENT,))
    others = look(OtherNamespaces(True))
    write_sockets(proc, 20)
    write_sockets(proc, 30, (FLOW, 72))
    look(others)
    assert others.may_have_two(FLOW)
    assert others.holder(FLOW) is None


def test_loopback_of_another_namespace_is_not_seen_here(proc: Path) -> None:
    add_process(proc, 20, ONE, (CLIENT,), ((LOOPED, INODE),), (INODE,))
    assert outcome(LOOPED) is Outcome.MISSED


def test_what_comes_from_an_own_address_is_from_here(proc: Path) -> None:
    key = key_of(HOST, 40_000, SERVER, 80)
    add_process(proc, 20, ONE, (HOST,), ((key, INODE),), (INODE,))
    assert outcome(key) is Outcome.ELSEWHERE


def test_an_address_of_another_namespace_without_a_socket(proc: Path) -> None:
    add_process(proc, 20, ONE, (CLIENT,))
    assert outcome(FLOW) is Outcome.MISSED
    assert outcome(key_of(SERVER, 1, SERVER, 2)) is Outcome.ELSEWHERE


@pytest.mark.parametrize(
    ("sees_all", "said"), [(True, Outcome.MISSED), (False, Outcome.UNREADABLE)]
)
def test_a_socket_that_nobody_seems_to_hold(sees_all: bool, said: Outcome, proc: Path) -> None:
    add_process(proc, 20, ONE, (CLIENT,), ((FLOW, INODE),))
    assert outcome(FLOW, sees_all=sees_all) is said


def test_an_end_that_nobody_seems_to_hold_does_not_hide_the_other_one(proc: Path) -> None:
    orphan = KernelSocket(FLOW, ESTABLISHED, 33, INODE)
    assert answered(FLOW, orphan) == OwnerAnswer(1, Outcome.MISSED, False, Holder(0, 33))
    add_process(proc, 20, ONE, (SERVER,), ((peer_key(FLOW), 72),), (72,))
    assert answered(FLOW, orphan) == owned(True, ONE)


def test_nothing_is_said_before_a_look_that_began_later(proc: Path) -> None:
    add_process(proc, 20, ONE, (CLIENT,), ((FLOW, INODE),), (INODE,))
    others = look(OtherNamespaces(True))
    table = OwnerTable(PretendedKernel(), True, others)
    asked = time.monotonic()
    table.look()
    assert table.answer(1, FLOW, asked) is None
    look(others)
    assert table.answer(1, FLOW, asked) == owned(False, ONE)


def test_a_holder_that_may_still_be_found_is_waited_for(proc: Path) -> None:
    add_process(proc, 20, ONE, (CLIENT,), ((FLOW, INODE),))
    add_process(proc, 30, OTHER, (SERVER,), ((peer_key(FLOW), 72),), (72,))
    others = look(OtherNamespaces(True))
    table = OwnerTable(PretendedKernel(), True, others)
    table.look()
    assert table.answer(1, FLOW, time.monotonic() - 10) is None


def test_a_short_connection_is_remembered(proc: Path) -> None:
    add_process(proc, 20, ONE, (CLIENT,), ((FLOW, INODE),), (INODE,))
    others = look(OtherNamespaces(True))
    write_sockets(proc, 20)
    look(others)
    held = others.holder(FLOW)
    assert held is not None
    assert held.holder.pid == 20


def test_a_namespace_is_read_again_where_connections_may_have_come(proc: Path) -> None:
    add_process(proc, 20, ONE, (CLIENT,), ((FLOW, INODE),), (INODE,))
    write_opened(proc, 20, 1, 0)
    others = look(OtherNamespaces(True))
    write_sockets(proc, 20)
    assert look(others).seen.alive == {FLOW: ONE}
    write_opened(proc, 20, 1, 1)
    assert look(others).seen.alive == {}


@pytest.mark.parametrize("inode", [0, INODE], ids=["not accepted", "holder not found"])
def test_a_namespace_is_read_again_where_sockets_wait_for_a_holder(inode: int, proc: Path) -> None:
    add_process(proc, 20, ONE, (CLIENT,), ((FLOW, inode),))
    write_opened(proc, 20, 1, 0)
    others = look(OtherNamespaces(True))
    write_sockets(proc, 20)
    assert look(others).seen.alive == {}


def test_a_quiet_namespace_s_socket_is_met_in_another_one(proc: Path) -> None:
    add_process(proc, 20, ONE, (CLIENT,), ((FLOW, INODE),), (INODE,))
    write_opened(proc, 20, 1, 0)
    others = look(OtherNamespaces(True))
    add_process(proc, 30, OTHER, (CLIENT,), ((FLOW, 72),), (72,))
    assert look(others).may_have_two(FLOW)


def test_more_namespaces_than_are_looked_at(proc: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(other_namespaces, "MOST_NAMESPACES", 1)
    add_process(proc, 20, ONE, (CLIENT,))
    assert not look(OtherNamespaces(True)).is_partial
    add_process(proc, 30, OTHER, (SERVER,))
    others = look(OtherNamespaces(True))
    assert others.is_partial
    assert others.last.addresses == {MAPPED + CLIENT: {ONE}}


def test_namespaces_with_few_sockets_come_first(
    proc: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [(key_of(CLIENT, port, SERVER, 80), 1000 + port) for port in range(10)]
    monkeypatch.setattr(other_namespaces, "MOST_SOCKETS", 10)
    add_process(proc, 20, ONE, (CLIENT,), tuple(many))
    add_process(proc, 30, OTHER, (SERVER,), ((peer_key(FLOW), 72),), (72,))
    others = look(OtherNamespaces(True))
    assert others.is_partial
    assert look(others).last.sizes == {OTHER: 1, ONE: 0}
    assert others.seen.alive == {peer_key(FLOW): OTHER}


def test_a_namespace_that_was_not_read_to_the_end_may_have_the_socket_too(
    proc: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [(key_of(CLIENT, port, SERVER, 80), 1000 + port) for port in range(10)]
    monkeypatch.setattr(other_namespaces, "MOST_SOCKETS", 10)
    add_process(proc, 20, ONE, (CLIENT,), ((FLOW, INODE),), (INODE,))
    add_process(proc, 30, OTHER, (CLIENT,), tuple(many))
    assert outcome(FLOW) is Outcome.AMBIGUOUS


@pytest.mark.parametrize(("sees_all", "other_table"), [(True, True), (True, False), (False, True)])
def test_a_process_that_may_not_be_looked_into(
    sees_all: bool, other_table: bool, proc: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the rights are there, but a rule of the system's forbids it, that is said."""
    add_process(proc, 20, ONE, (CLIENT,))
    if not other_table:
        (proc / "20" / "net" / "tcp").unlink()
        os.link(proc / SELF / "net" / "tcp", proc / "20" / "net" / "tcp")

    def refused(process: int | str) -> int:
        if process == 20:
            raise PermissionError
        return namespace_of(process)

    monkeypatch.setattr(other_namespaces, "namespace_of", refused)
    assert look(OtherNamespaces(sees_all)).is_partial == (sees_all and other_table)


def test_without_namespaces_there_are_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    others = look(OtherNamespaces(True))
    assert (others.last.addresses, others.is_partial) == ({}, False)


def test_names_are_those_of_ip_netns(tmp_path: Path) -> None:
    blue, hostile = tmp_path / "blue", tmp_path / "a\x1b[2J"
    assert namespace_name(1, tmp_path / "missing") == "1"
    blue.touch()
    hostile.touch()
    assert namespace_name(blue.stat().st_ino, tmp_path) == "blue"
    assert namespace_name(hostile.stat().st_ino, tmp_path) == r"a\x1b[2J"
    assert namespace_name(7, tmp_path) == "7"
