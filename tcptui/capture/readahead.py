"""Reads the blocks of an input on a thread of their own, so that I/O overlaps the analysis."""

import queue
import threading
from collections.abc import Iterator

DEPTH = 3
"""Most blocks that wait; a reader that is further ahead waits instead."""


class ReadAhead:
    """Runs an iterator of blocks on its own thread, a few blocks ahead of the consumer."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._queue: queue.Queue[bytes | Exception] = queue.Queue(DEPTH)
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="read-ahead", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def _run(self) -> None:
        try:
            while not self._stopped:
                block = next(self._blocks, b"")
                self._queue.put(block)
                if not block:
                    return
        except Exception as error:  # raised again where the block is taken
            self._queue.put(error)

    def get(self, timeout: float | None) -> bytes | None:
        """Return the next block: empty at the end, None where none came within `timeout`
        seconds."""
        try:
            block = self._queue.get(timeout=timeout)
        except queue.Empty:
            return None
        if isinstance(block, Exception):
            raise block
        return block

    def stop(self) -> None:
        """End the thread, which must no longer be waiting for its input; one that a signal broke
        off while it was started takes nothing any more."""
        self._stopped = True
        while self._thread.is_alive():
            while not self._queue.empty():
                self._queue.get()
            self._thread.join(0.01)
