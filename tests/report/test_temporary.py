"""A full disk under the temporary files is told as such, not as that of the output."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pytest

from tcptui.capture.errors import CaptureError
from tcptui.capture.source import open_source
from tcptui.engine.wireshark.release_4_6 import WIRESHARK_4_6
from tcptui.report.report import Contents, print_report
from tcptui.report.temporary import writing_temporary_file

BUSY = str(Path(__file__).parents[2] / "samples" / "busy-hour.pcapng")
FULL = Path("/dev/full")


@pytest.fixture
def full() -> Callable[[], BinaryIO]:
    """Makes a file on a disk without room."""
    if not FULL.exists():
        pytest.skip("no /dev/full here")
    return lambda: FULL.open("r+b")


@pytest.mark.parametrize("jobs", [1, 2])
def test_flows_that_wait_for_the_findings(
    full: Callable[[], BinaryIO], monkeypatch: pytest.MonkeyPatch, jobs: int
) -> None:
    monkeypatch.setattr("tcptui.report.flow_formats.temporary_file", full)
    monkeypatch.setattr("tcptui.report.flow_formats.MOST_IN_MEMORY", 1000)
    out = BytesIO()
    source = open_source([BUSY], seekable=False)
    with pytest.raises(CaptureError, match=r"no room for a temporary file .* set TMPDIR"):
        print_report(source, out, [BUSY], "json", "interpreted", Contents(WIRESHARK_4_6, jobs=jobs))
    source.close()
    assert out.getvalue() == b""


def test_another_error_is_told_as_it_is() -> None:
    with pytest.raises(PermissionError), writing_temporary_file():
        raise PermissionError(1, "not yours")
