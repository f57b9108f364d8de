"""The process for owners: what it answers, what it keeps, and when it ends."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tcptui.capture.live.owners import asking
from tcptui.capture.live.owners.asking import Owners, owner_of
from tcptui.capture.live.owners.messages import (
    ALL_USERS,
    ANSWER,
    OWN_USER,
    QUESTION,
    SOME_NAMESPACES,
    Holder,
    Outcome,
    OwnerAnswer,
    answer_message,
    question,
    read_answer,
)
from tcptui.capture.live.owners.process import OwnerTable
from tcptui.capture.live.owners.seen_sockets import MEMORY
from tcptui.capture.live.owners.sock_diag import KernelSocket, SockDiag, peer_key
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tests.engine.feeding import feed, new_engine
from tests.engine.headers import ethernet, ip, tcp
from tests.live.owners.recorded import CLIENT
from tests.waiting import wait_until

HOSTILE = Holder(7, 0, b"\x1b]0;x\x07\xff\n", b"/a\x1b[2J.service")
ESTABLISHED, FIN_WAIT_2 = 1, 5
TWO_RIGHTS = "0000000000080004"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux's socket diagnosis")
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


class PretendedKernel(SockDiag):
    """Has the sockets that a test says."""

    def __init__(self, *sockets: KernelSocket) -> None:
        self.told = list(sockets)

    def sockets(self) -> list[KernelSocket]:
        return self.told


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OwnerTable:
    """A process that holds the client's socket, on a host with nothing else."""
    (tmp_path / "7" / "fd").mkdir(parents=True)
    (tmp_path / "7" / "fd" / "3").symlink_to("socket:[71]")
    (tmp_path / "7" / "comm").write_bytes(b"curl\n")
    monkeypatch.chdir(tmp_path)
    return OwnerTable(PretendedKernel(KernelSocket(CLIENT, 1, 1000, 71)), sees_all=False)


def test_the_owner_is_known_after_a_look(table: OwnerTable) -> None:
    asked = time.monotonic()
    assert table.answer(1, CLIENT, asked) is None
    table.look()
    owner = Holder(7, 1000, b"curl")
    assert table.answer(1, CLIENT, asked) == OwnerAnswer(1, Outcome.OWNED, False, owner)
    assert table.answer(2, peer_key(CLIENT), asked) == OwnerAnswer(2, Outcome.OWNED, True, owner)


def test_a_socket_that_has_gone_is_remembered_for_a_while(table: OwnerTable) -> None:
    table.look()
    assert isinstance(table.kernel, PretendedKernel)
    table.kernel.told = []
    table.look()
    assert table.seen.held[CLIENT].holder.name == b"curl"
    table.seen.gone[CLIENT] = -MEMORY
    table.look()
    assert table.seen.held == {}


def test_addresses_and_ports_that_another_socket_has_now(table: OwnerTable, tmp_path: Path) -> None:
    table.look()
    (tmp_path / "8" / "fd").mkdir(parents=True)
    (tmp_path / "8" / "fd" / "3").symlink_to("socket:[72]")
    assert isinstance(table.kernel, PretendedKernel)
    table.kernel.told = [KernelSocket(CLIENT, 1, 1000, 72)]
    table.seen.holders._next_scan = 0.0
    table.look()
    assert table.seen.held[CLIENT].holder.pid == 8


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize(
    ("sees_all", "outcome"), [(False, Outcome.UNREADABLE), (True, Outcome.MISSED)]
)
def test_a_socket_that_nobody_seems_to_hold(sees_all: bool, outcome: Outcome) -> None:
    table = OwnerTable(PretendedKernel(KernelSocket(CLIENT, 1, 33, 99)), sees_all)
    asked = time.monotonic()
    for _ in range(3):
        table.seen.holders._next_scan = 0.0
        table.look()
    assert table.answer(1, CLIENT, asked) == OwnerAnswer(1, outcome, False, Holder(0, 33))


def test_flows_of_others_and_flows_that_ended(table: OwnerTable) -> None:
    elsewhere = CLIENT.replace(bytes((127, 0, 0, 1)), bytes((192, 0, 2, 1)))
    here = CLIENT[:-1] + b"\0"
    table.look()
    before = table.looked - 10
    assert table.answer(1, elsewhere, before) == OwnerAnswer(
        1, Outcome.ELSEWHERE, False, Holder(0, 0)
    )
    assert table.answer(2, here, before) == OwnerAnswer(2, Outcome.MISSED, False, Holder(0, 0))
    assert table.answer(3, here, table.looked - 0.01) is None


def test_a_socket_to_be_accepted_is_waited_for(table: OwnerTable) -> None:
    waiting, orphan = CLIENT[:-1] + b"\1", CLIENT[:-1] + b"\2"
    table.kernel = PretendedKernel(
        KernelSocket(waiting, ESTABLISHED, 0, 0), KernelSocket(orphan, FIN_WAIT_2, 0, 0)
    )
    table.look()
    before = table.looked - 10
    assert table.answer(1, waiting, before) is None
    assert table.answer(2, orphan, before) == OwnerAnswer(2, Outcome.MISSED, False, Holder(0, 0))


def test_messages_have_one_size() -> None:
    answer = OwnerAnswer(9, Outcome.OWNED, True, HOSTILE, 0xFFFFFFFF)
    assert len(answer_message(answer)) == ANSWER.size
    assert read_answer(answer_message(answer)) == answer
    assert len(question(1 << 31, CLIENT)) == QUESTION.size


def test_names_harm_no_terminal() -> None:
    owner = owner_of(OwnerAnswer(1, Outcome.OWNED, False, HOSTILE))
    assert owner.name == r"\x1b]0;x\x07\xff\n"
    assert owner.unit == r"a\x1b[2J.service"


@pytest.fixture
def owners() -> Iterator[Owners]:
    started = Owners("")
    yield started
    started.close()


def rights_told(owners: Owners) -> bool:
    """Whether the process has said whose sockets it sees."""
    owners.exchange()
    return owners.is_of_all is not None


def talk(client: socket.socket) -> tuple[Engine, Flow]:
    """An engine that saw the first packet of this connection."""
    (here, port), (there, peer) = client.getsockname(), client.getpeername()
    segment = ip(tcp(b"", port, peer), 6, socket.inet_aton(here), socket.inet_aton(there))
    engine = new_engine()
    feed(engine, [ethernet(segment)], [1])
    return engine, engine.flows[0]


@as_root
def test_it_keeps_two_rights_and_nothing_else(owners: Owners) -> None:
    process = Path(f"/proc/{owners._process.pid}")
    wait_until(lambda: rights_told(owners))
    status = dict(line.split(":\t", 1) for line in (process / "status").read_text().splitlines())
    assert status["CapPrm"] == status["CapEff"] == TWO_RIGHTS
    assert {status["CapInh"], status["CapBnd"], status["CapAmb"]} == {"0" * 16}
    assert status["Uid"].split() == status["Gid"].split() == ["65534"] * 4
    assert (status["Groups"].strip(), status["NoNewPrivs"]) == ("", "1")
    assert (process / "root").readlink() == Path("/proc")
    wait_until(lambda: opened_by(process) == ["/dev/null", "/dev/null", "socket", "socket"])


def opened_by(process: Path) -> list[str]:
    """What a process has open: for a moment a file below /proc too, which may be gone by now."""
    opened = []
    for one in (process / "fd").iterdir():
        with suppress(FileNotFoundError):
            opened.append(str(one.readlink()).split(":")[0])
    return sorted(opened)


def test_it_names_the_owner_of_a_connection_here(owners: Owners) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.create_connection(listener.getsockname())
        engine, flow = talk(client)
        owners.ask(engine, flow)
        wait_until(lambda: rights_told(owners))
        owners.exchange_last()
        port = client.getsockname()[1]
        client.close()
    owner = engine.owner_of(flow)
    assert owner is not None
    assert owner.pid == os.getpid()
    assert (flow.server if owner.side == "server" else flow.client).port == port
    assert owner.name == Path("/proc/self/comm").read_text().strip()


def test_a_flood_of_flows_is_not_asked_about(
    owners: Owners, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "MOST_ASKED", 2)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.create_connection(listener.getsockname())
        engine, flow = talk(client)
        for _ in range(5):
            owners.ask(engine, flow)
        owners.exchange_last()
        client.close()
    assert owners.unanswered == 3
    assert engine.owner_of(flow) is not None


@pytest.mark.parametrize(
    ("message", "counts", "told"),
    [
        (ALL_USERS, {}, ""),
        (OWN_USER, {}, "processes: own user only"),
        (SOME_NAMESPACES, {}, "processes: not of all network namespaces"),
        (ALL_USERS, {"missed": 3}, "processes: none seen for 3 of this host's flows"),
        (ALL_USERS, {"missed": 1, "ambiguous": 2, "unanswered": 1000},
         "processes: none seen for 1 of this host's flows, ambiguous for 2, not known in "
         "time for 1,000"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said(
    message: bytes, counts: dict[str, int], told: str, owners: Owners
) -> None:
    owners._take(message)
    for name, number in counts.items():
        setattr(owners, name, number)
    assert owners.told() == told


@as_root
def test_without_rights_it_sees_its_own_users_processes() -> None:
    code = (
        "from tcptui.capture.live.owners.asking import Owners; import time\n"
        "one = Owners('')\n"
        "while one.is_of_all is None: one.exchange(); time.sleep(0.01)\n"
        "print(one.told()); one.close()"
    )
    done = subprocess.run(
        ["setpriv", "--bounding-set", "-sys_ptrace", sys.executable, "-c", code],
        capture_output=True, check=True, text=True, cwd=Path(__file__).parents[3],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])},
    )  # fmt: skip
    assert done.stdout == "processes: own user only\n"


def test_it_ends_with_its_parent(owners: Owners) -> None:
    owners._way.close()
    assert owners._process.wait(10) == 0


def test_what_is_no_question_is_left_out(owners: Owners) -> None:
    owners._way.send(b"junk")
    owners._way.send(bytes(QUESTION.size + 7))
    owners._way.send(question(5, bytes(36)))
    wait_until(lambda: rights_told(owners))
    owners._way.setblocking(True)
    answer = read_answer(owners._way.recv(ANSWER.size))
    assert (answer.number, answer.outcome) in [(5, Outcome.ELSEWHERE), (5, Outcome.MISSED)]
