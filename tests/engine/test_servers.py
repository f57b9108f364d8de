"""Who answered SYNs: counted alike whether one server answers again or others do between."""

import pytest

from tcptui.engine.flow import Endpoint
from tcptui.engine.tcp_state.servers import Servers

ONE, OTHER_PORT, OTHER_HOST = (
    bytes([10, 0, 0, host, 192, 0, 2, 1, 0, port, 200, 0])
    for host, port in ((1, 80), (1, 81), (2, 80))
)
SIX = bytes(range(32)) + bytes([0, 80, 200, 0])


def answered(*keys: bytes) -> list[tuple[bytes, int]]:
    """Address, or address and port, of all that answered, and how often each has."""
    servers = Servers()
    for time, key in enumerate(keys):
        servers.note_answer(Endpoint(key), time)
    return sorted((key, count) for key, count, *_ in servers.as_rows())


@pytest.mark.parametrize("keys", [(ONE, ONE, OTHER_PORT, OTHER_HOST), (SIX, SIX, ONE)])
def test_the_order_of_answers_does_not_count(keys: tuple[bytes, ...]) -> None:
    assert answered(*keys) == answered(*keys[::-1]) == answered(*keys[1:], keys[0])


def test_hosts_and_their_ports_are_counted() -> None:
    assert answered(ONE, ONE, OTHER_PORT) == [
        (ONE[:4], 3),
        (ONE[:4] + ONE[8:10], 2),
        (ONE[:4] + OTHER_PORT[8:10], 1),
    ]


def test_answers_are_counted_in_what_other_processes_found() -> None:
    servers = Servers()
    servers.note_answer(Endpoint(ONE), 5)
    servers.replace(servers.as_rows())
    servers.note_answer(Endpoint(ONE), 6)
    assert [(count, first, last) for _, count, first, last, _ in servers.as_rows()] == [
        (2, 5, 6)
    ] * 2
