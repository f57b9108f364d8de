"""The Why line and its page tell what reading packets again and walking over rows brings."""

from pathlib import Path

from samples.capture_files import Record, pcapng
from samples.frames import frame
from samples.packet_script import parse_script
from tcptui.screens.page import PageScreen
from tests.diagnosis.causes import HANDSHAKE, numbered
from tests.screens.opened import opened, press_key, screen_of, steady_text

DAMAGED = """
100 B A 1    1 64000 1000 sum=bad
400 B A 1    1 64000 1000
402 A A 1 1001 64000 0
"""

IN_PIECES = "".join(
    f"{200 * n} A PA {n * 20 - 19} {n * 10 - 9} 64000 10\n"
    f"{200 * n + 60} B A {n * 10 - 9} {n * 20 - 9} 64000 0\n"
    f"{200 * n + 62} A PA {n * 20 - 9} {n * 10 - 9} 64000 10\n"
    f"{200 * n + 82} B PA {n * 10 - 9} {n * 20 + 1} 64000 10\n"
    for n in range(1, 4)
)


async def why_and_page(script: str, folder: Path) -> tuple[str, str]:
    """What the Why line and the page behind it say of the only flow."""
    file = folder / "made.pcapng"
    packets = parse_script(HANDSHAKE + numbered(script)).packets
    file.write_bytes(pcapng(Record(packet.time, frame(packet), "") for packet in packets))
    async with opened(file) as pilot:
        await steady_text(pilot)
        why = screen_of(pilot).panes.why.text
        await press_key(pilot, "e")
        await steady_text(pilot)
        page = pilot.app.screen
        assert isinstance(page, PageScreen)
        return why, "\n".join(line for section in page.sections for line in section)


async def test_a_wrong_checksum(tmp_path: Path) -> None:
    why, page = await why_and_page(DAMAGED, tmp_path)
    for text in (why, page):
        assert "1 segment with a wrong checksum (#4)" in text


async def test_delayed_acks_that_nagle_waited_for(tmp_path: Path) -> None:
    why, page = await why_and_page(IN_PIECES, tmp_path)
    assert "The server's ACKs (3) came 40.0 ms after the data" in why
    assert "The longest waits: 40.0 ms before #6 (delayed ACK against Nagle)" in page
    assert "3 requests: " in page
