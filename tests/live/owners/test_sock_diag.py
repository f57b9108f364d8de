"""The kernel's sockets, read from recorded answers and from answers that make no sense."""

import os
import random
import struct
from contextlib import suppress

import pytest

from tcptui.capture.live.owners.sock_diag import (
    KernelSocket,
    SockDiag,
    WrongAnswer,
    key_of,
    peer_key,
    read_answer,
)
from tests.live.owners.recorded import CLIENT, CLIENT6, LAST, NO_SOCKET, PAIR, SOCKET

ESTABLISHED = 1


def read(data: bytes, sequence: int) -> tuple[list[KernelSocket], bool]:
    found: list[KernelSocket] = []
    return found, read_answer(data, sequence, found)


def test_a_socket_with_its_figures() -> None:
    (found,), was_last = read(SOCKET, 1)
    assert (found.key, found.state, found.uid, found.inode) == (CLIENT, ESTABLISHED, 0, 201822)
    assert len(found.info) == 280
    assert not was_last


def test_a_list_and_its_end() -> None:
    found, was_last = read(PAIR + LAST, 6)
    assert [one.key for one in found] == [peer_key(CLIENT6), CLIENT6]
    assert [one.inode for one in found] == [0, 192509]
    assert was_last


def test_an_answer_to_an_earlier_question_is_left_out() -> None:
    assert read(PAIR + LAST, 7) == ([], False)


def test_there_is_no_such_socket() -> None:
    with pytest.raises(FileNotFoundError):
        read(NO_SOCKET, 4)


def message(payload: bytes, size: int | None = None, kind: int = 20) -> bytes:
    return (
        struct.pack("=IHHII", 16 + len(payload) if size is None else size, kind, 0, 1, 0) + payload
    )


NONSENSE = {
    "half a header": bytes(10),
    "a size of nothing": message(b"", 0),
    "a size beyond the end": message(bytes(72), 4000),
    "a socket that is too short": message(bytes(71)),
    "half an error": message(bytes(3), kind=2),
    "an attribute of nothing": message(bytes(72) + struct.pack("=HH", 0, 2)),
    "an attribute beyond the end": message(bytes(72) + struct.pack("=HH", 400, 2)),
}


@pytest.mark.parametrize("data", NONSENSE.values(), ids=NONSENSE)
def test_nonsense(data: bytes) -> None:
    with pytest.raises(WrongAnswer):
        read(data, 1)


def test_any_bytes_end_in_sockets_or_a_refusal() -> None:
    seed = random.Random(os.environ.get("TCPTUI_FUZZ_SEED", "1"))
    read_whole = 0
    for _ in range(5000):
        data = bytearray(SOCKET + PAIR + LAST)
        for _ in range(seed.randint(1, 8)):
            data[seed.randrange(len(data))] = seed.choice((0, 1, 2, 20, 255))
        with suppress(WrongAnswer, OSError):
            found, _ = read(
                bytes(data[: seed.choice((len(data), seed.randrange(len(data))))]),
                seed.choice((1, 6)),
            )
            assert all(len(one.key) == len(CLIENT) for one in found)
            read_whole += 1
    assert read_whole > 100


def test_the_kernel_here_answers() -> None:
    kernel = SockDiag()
    assert kernel.socket_of(key_of(bytes((1, 2, 3, 4)), 1, bytes((1, 2, 3, 4)), 2)) is None
    assert all(len(one.key) == len(CLIENT) for one in kernel.sockets())
    kernel.close()
