"""The tokens of Multipath TCP connections go with the last subflow that is kept."""

from mypy_extensions import i64

from tcptui.engine.engine import Engine
from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.wireshark.mptcp import MP_CAPABLE, MP_JOIN, MptcpTokens
from tcptui.engine.wireshark.release_4_0 import WIRESHARK_4_0

CAPABLE = bytes([30, 12, 0x00, 0x81]) + b"sendkey1"


def test_a_join_finds_its_connection_by_the_token() -> None:
    tokens = MptcpTokens()
    first = tokens.connection(None, MP_CAPABLE, CAPABLE)
    (token,) = tokens.by_token
    joined = tokens.connection(None, MP_JOIN, bytes([30, 12, 0x10, 1]) + token + b"rand")
    assert joined is first
    assert first.subflows == 2


def test_tokens_go_with_the_last_subflow() -> None:
    tokens = MptcpTokens()
    connection = tokens.connection(None, MP_CAPABLE, CAPABLE)
    assert tokens.connection(connection, MP_CAPABLE, CAPABLE) is connection
    join = bytes([30, 12, 0x10, 1]) + next(iter(tokens.by_token)) + b"rand"
    tokens.connection(None, MP_JOIN, join)
    connection.forget_subflow()
    assert tokens.by_token
    connection.forget_subflow()
    assert not tokens.by_token


def test_tokens_of_a_connection_whose_subflows_moved_go_with_the_other() -> None:
    tokens = MptcpTokens()
    first = tokens.connection(None, MP_CAPABLE, CAPABLE)
    other = tokens.connection(None, MP_CAPABLE, CAPABLE[:4] + b"otherkey")
    second = bytes([30, 20, 0x00, 0x81]) + CAPABLE[4:] + b"otherkey"
    assert tokens.connection(first, MP_CAPABLE, second) is other
    other.forget_subflow()
    assert tokens.by_token
    other.forget_subflow()
    assert not tokens.by_token


def test_a_flow_that_is_folded_is_no_subflow_any_more() -> None:
    engine = Engine(WIRESHARK_4_0)
    flow = Flow(i64(0), Endpoint(b"one" * 4), Endpoint(b"two" * 4), i64(0))
    flow.mptcp = engine.options.tokens.connection(None, MP_CAPABLE, CAPABLE)
    flows = [flow]
    engine.eviction.evict_flow(flows, {}, 0)
    assert not engine.options.tokens.by_token
