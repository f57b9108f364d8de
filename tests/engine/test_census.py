"""A census says how many shares a capture needs, without analysing it."""

from collections.abc import Callable

import pytest

from tcptui.engine.census import FLOW_BYTES, ROW_BYTES, Census
from tests.engine.feeding import feed, new_engine
from tests.engine.headers import A, B, ethernet, ip, ip6, tcp


def census_of(frames: list[bytes]) -> Census:
    engine, census = new_engine(), Census()
    engine.share = census
    feed(engine, frames, range(len(frames)))
    assert (len(engine.flows), engine.segments) == (0, len(frames))
    return census


def segment(client: int, server: int = 80, back: bool = False) -> bytes:
    ports = (server, client) if back else (client, server)
    ends = (B, A) if back else (A, B)
    return ethernet(ip(tcp(b"", *ports), source=ends[0], destination=ends[1]))


@pytest.mark.parametrize("flows", [0, 1, 20, 3000])
def test_connections_are_counted_once(flows: int) -> None:
    both = [segment(1000 + n, back=back) for n in range(flows) for back in (False, True, False)]
    assert census_of(both).connections() == pytest.approx(flows, rel=0.02)


def test_a_capture_that_fits_is_one_share() -> None:
    census = census_of([segment(1000)] * 10)
    assert census.shares_of(10 * ROW_BYTES + FLOW_BYTES + 10) == 1


@pytest.mark.parametrize("parts", [2, 5, 20])
def test_the_largest_share_fits(parts: int) -> None:
    flows = 2000
    census = census_of([segment(1000 + n) for n in range(flows)])
    most = flows * (ROW_BYTES + FLOW_BYTES) // parts
    shares = census.shares_of(most)
    assert parts <= shares <= 2 * parts
    assert census.largest_share(shares) * (ROW_BYTES + FLOW_BYTES - 20) <= most


def test_one_flow_is_not_divided() -> None:
    """More shares would only be read for nothing."""
    one = [segment(1000)] * 100
    census = census_of(one)
    assert census.largest_share(50) == 100
    assert census.shares_of(50 * ROW_BYTES) == 1
    others = census_of(one + [segment(2000 + n) for n in range(100)])
    assert 2 <= others.shares_of(50 * ROW_BYTES) <= 8
    assert others.largest_share(others.shares_of(50 * ROW_BYTES)) <= 125


@pytest.mark.parametrize("packet", [
    lambda port: ethernet(ip6(tcp(source=port)), 0x86DD),
    lambda port: segment(port),
])  # fmt: skip
def test_both_families_are_counted(packet: Callable[[int], bytes]) -> None:
    assert census_of([packet(1000 + n) for n in range(500)]).connections() == pytest.approx(
        500, 0.02
    )
