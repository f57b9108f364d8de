"""A thread reads ahead, and can be ended at any moment."""

import gzip
import signal
import threading
from pathlib import Path

import pytest

from tcptui.capture.input import Input
from tcptui.capture.interrupt import Ended
from tcptui.capture.readahead import ReadAhead

SAMPLE = Path(__file__).parents[2] / "samples" / "openings.pcapng"


def test_stopped_before_it_runs_it_takes_nothing() -> None:
    blocks = iter([b"one", b"two"])
    ahead = ReadAhead(blocks)
    ahead.stop()
    ahead.start()
    ahead._thread.join()
    assert next(blocks) == b"one"


def test_an_input_closes_where_a_signal_came_as_its_thread_was_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The thread runs by then, and would still hold the generator that is to be ended."""
    path = tmp_path / "openings.pcapng.gz"
    path.write_bytes(gzip.compress(SAMPLE.read_bytes()))
    start = threading.Thread.start

    def start_and_interrupt(thread: threading.Thread) -> None:
        start(thread)
        raise Ended(signal.SIGINT)

    one = Input(str(path), 0, [], follow=False, seekable=True, spool_dir=str(tmp_path))
    monkeypatch.setattr(threading.Thread, "start", start_and_interrupt)
    assert one.frame_next(None)  # what the first block holds, as no thread is worth it yet
    with pytest.raises(Ended):
        one.frame_next(None)
    one.close()
    assert one._ahead is not None
    assert not one._ahead._thread.is_alive()
    assert list(tmp_path.iterdir()) == [path]
