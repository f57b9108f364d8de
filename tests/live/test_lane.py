"""Several interfaces in one file: pcapng, in the order of their times."""

from pathlib import Path

import pytest

from tcptui.capture.live.lane import file_header, lane
from tcptui.capture.live.live_options import LiveOptions
from tcptui.capture.live.refusal import Refusal
from tcptui.capture.live.tap import Data, Tap
from tcptui.capture.source import open_source
from tests.live.packets import HEADER, record


class FixedTap(Tap):
    """Hands on what it was given."""

    def __init__(self, name: str, header: bytes, *numbers: int) -> None:
        super().__init__(name)
        self.header = header
        self.waiting = b"".join(record(number) for number in numbers)

    def records(self) -> Data:
        data, self.waiting = self.waiting, b""
        return data


def test_packets_are_put_in_order(tmp_path: Path) -> None:
    taps = [FixedTap("eth0", HEADER, 1, 4, 5), FixedTap("lo", HEADER, 2, 3, 6)]
    options = LiveOptions(["eth0", "lo"], "tcp", write="a.pcapng")
    path = tmp_path / "a.pcapng"
    path.write_bytes(file_header(options, taps) + bytes(lane(options, taps).records(True)))
    source = open_source([str(path)])
    found = [
        (int(r.time[i]) % 1_000_000_000, source.interfaces[r.interface[i]].name)
        for _, r, start, stop in source.batches()
        for i in range(start, stop)
    ]
    source.close()
    assert found == [(1, "eth0"), (2, "lo"), (3, "lo"), (4, "eth0"), (5, "eth0"), (6, "lo")]
    assert {one.filter for one in source.interfaces} == {"tcp"}


def test_a_packet_waits_for_those_of_other_interfaces() -> None:
    taps = [FixedTap("eth0", HEADER), FixedTap("lo", HEADER)]
    held = lane(LiveOptions(["eth0", "lo"]), taps)
    taps[0].waiting = record(1, seconds=4_000_000_000)
    assert held.records(False) == b""
    assert held.held == 1
    assert held.records(True)
    assert held.held == 0


def test_pcap_holds_one_link_type() -> None:
    other = HEADER[:20] + bytes([101, 0, 0, 0])
    taps = [FixedTap("eth0", HEADER), FixedTap("tun0", other)]
    with pytest.raises(Refusal, match="pcapng"):
        file_header(LiveOptions(["eth0", "tun0"], write="a.pcap"), taps)
