"""Each row's path, whether or not a block's rows all came the same way."""

import pytest

from tcptui.engine.decode.layers import VLAN
from tcptui.engine.packets import BLOCK_ROWS
from tests.engine.feeding import feed, new_engine
from tests.engine.headers import ethernet, ip, tcp, u16

VLAN_TYPE = 0x8100
IPV4_TYPE = 0x0800

WAYS = {
    "untagged": [0, 0, 0],
    "one VLAN": [7, 7, 7],
    "two VLANs": [7, 8, 7, 8, 8],
    "the first is tagged": [7, 0, 0, 7],
    "a block of one way before": [*[7] * BLOCK_ROWS, 0, 7],
    "another way at a block's end": [*[7] * (BLOCK_ROWS - 1), 8, 8, 7],
}


def tagged(vlan: int) -> bytes:
    packet = ip(tcp(b""))
    return ethernet(u16(vlan, IPV4_TYPE) + packet, VLAN_TYPE) if vlan else ethernet(packet)


@pytest.mark.parametrize("vlans", WAYS.values(), ids=WAYS)
def test_a_row_keeps_its_path(vlans: list[int]) -> None:
    engine = new_engine()
    feed(engine, [tagged(vlan) for vlan in vlans], list(range(len(vlans))))
    paths = engine.decoder.paths
    layers = [paths[int(engine.packets.path(row))].layers for row in range(len(vlans))]
    found = [next((one.number for one in each if one.kind == VLAN), 0) for each in layers]
    assert found == vlans
