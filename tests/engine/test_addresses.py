"""Addresses and endpoints as text."""

import pytest

from tcptui.engine.addresses import address_text, with_port
from tcptui.engine.decode.layers import IPV4, IPV6, Layer

# address as hex, as text
ADDRESSES = [
    ("0a000001", "10.0.0.1"),
    ("20010db8000000000000000000000001", "2001:db8::1"),
    ("20010db8000000010000000000000001", "2001:db8:0:1::1"),
    ("20010db8000100000001000100010001", "2001:db8:1:0:1:1:1:1"),
    ("00000000000000000000000000000000", "::"),
    ("00000000000000000000ffffc0000201", "::ffff:192.0.2.1"),
]


@pytest.mark.parametrize(("data", "text"), ADDRESSES)
def test_address(data: str, text: str) -> None:
    assert address_text(bytes.fromhex(data)) == text


@pytest.mark.parametrize(("data", "text"), ADDRESSES)
def test_a_layer_writes_addresses_in_the_same_form(data: str, text: str) -> None:
    both = bytes.fromhex(data) * 2
    assert Layer(IPV4 if len(both) == 8 else IPV6, both).text() == f"ip {text}→{text}"


def test_brackets_keep_a_port_apart_from_ipv6() -> None:
    assert with_port("10.0.0.1", 80) == "10.0.0.1:80"
    assert with_port("2001:db8::1", 80) == "[2001:db8::1]:80"
