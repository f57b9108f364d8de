"""`tcptui explain`: the evidence of one segment, read again from the capture."""

import io
import json
from pathlib import Path

import pytest

from tcptui.capture.source import open_source
from tcptui.engine.wireshark.release_4_0 import WIRESHARK_4_0
from tcptui.report.evidence import NoSuchFrame, explain

UNSEEN = Path(__file__).parents[2] / "samples" / "unseen-segment.pcapng"


def explained(frame: int, form: str) -> str:
    source = open_source([str(UNSEEN)])
    out = io.BytesIO()
    try:
        explain(source, out, frame, form, WIRESHARK_4_0)
    finally:
        source.close()
    return out.getvalue().decode()


def test_the_range_that_was_never_captured_is_named() -> None:
    text = explained(43, "text")
    assert text.startswith("#43, flow 0 (Wireshark 4.0), from the ")
    assert "27741 + 1460 = 29201" in text
    assert "29201 to 33581 (4,380 bytes)" in text


def test_json() -> None:
    said = json.loads(explained(43, "json"))
    assert said["frame"] == 43
    assert [flag["flag"] for flag in said["flags"]] == ["ack_lost_segment"]
    assert "good" in said["checksum"]


@pytest.mark.parametrize("frame", [0, 9999])
def test_a_frame_that_is_not_there(frame: int) -> None:
    with pytest.raises(NoSuchFrame, match="the capture has frames 1 to"):
        explained(frame, "text")
