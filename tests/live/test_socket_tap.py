"""Capturing without libpcap, through scapy's socket."""

import os
import sys
from pathlib import Path

import pytest

from tcptui.capture.live import process, socket_tap
from tcptui.capture.live.libpcap import Missing
from tcptui.capture.live.live_options import LiveOptions
from tcptui.capture.live.refusal import Refusal
from tcptui.capture.live.socket_tap import SocketTap
from tcptui.capture.live.tap import Tap
from tcptui.capture.source import open_source
from tests.live.test_capture import Sender
from tests.waiting import wait_until

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or sys.platform != "linux", reason="capturing needs root, here on Linux"
)
COUNT = 20


@pytest.fixture(autouse=True)
def without_libpcap(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str, options: LiveOptions) -> Tap:
        raise Missing("libpcap is not installed")

    monkeypatch.setattr(process, "LibpcapTap", missing)


def test_each_packet_comes_once_and_it_is_said_that_this_is_degraded(tmp_path: Path) -> None:
    tap, sender = process.interface_tap("lo", LiveOptions(["lo"])), Sender()
    assert isinstance(tap, SocketTap)
    assert "degraded, because libpcap is not installed" in tap.notes[0]
    sender.send(0, COUNT)
    parts = [bytes(tap.header)]

    def numbers() -> list[int]:
        """What the packets of this test say, as far as they have come."""
        tap.take_packets(1000)
        parts.append(bytes(tap.records()))
        file = tmp_path / "taken.pcap"
        file.write_bytes(b"".join(parts))
        source = open_source([str(file)])
        taken = [
            source.read(r.position[i], r.captured[i])
            for _, r, start, stop in source.batches()
            for i in range(start, stop)
        ]
        source.close()
        port = sender.port.to_bytes(2)
        return [int.from_bytes(data[42:46]) for data in taken if data[36:38] == port]

    wait_until(lambda: len(numbers()) >= COUNT)
    assert numbers() == list(range(COUNT))
    tap.close()
    sender.inbox.close()


def test_what_needs_libpcap_is_refused() -> None:
    tap = process.interface_tap("lo", LiveOptions(["lo"]))
    tap.set_filter("")
    with pytest.raises(Refusal, match="capture filters need libpcap; install it"):
        tap.set_filter("tcp")
    tap.close()
    with pytest.raises(Refusal, match="-Q needs libpcap"):
        process.interface_tap("lo", LiveOptions(["lo"], direction="in"))


def test_a_link_layer_that_cannot_be_told_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket_tap, "hardware_of", lambda listening: 801)  # IEEE 802.11
    with pytest.raises(Refusal, match="lo: capturing its link layer needs libpcap"):
        process.interface_tap("lo", LiveOptions(["lo"]))


def test_an_interface_that_is_not_there_is_named() -> None:
    with pytest.raises(Refusal, match="no-such"):
        process.interface_tap("no-such", LiveOptions(["no-such"]))
