#!/usr/bin/env python3
"""How long a capture takes until all of it is in the screen.

    python -m benchmarks.screen_load CAPTURE

Loads the capture in the screen itself, 160×48, whose pictures are made and sent nowhere. Prints a
line for every 2 million packets: the time since the start, packets a second since the line before,
and the memory; then until when the flow list was in order.
"""

import asyncio
import resource
import sys
import time
from typing import Final

from tcptui.app import TcptuiApp
from tcptui.capture.options import CaptureOptions
from tcptui.captures import Captures
from tcptui.engine.engine import Engine
from tcptui.engine.wireshark.release_4_6 import WIRESHARK_4_6
from tcptui.screens.preferences import Preferences
from tcptui.screens.triage import TriageScreen
from tcptui.session import SessionState
from tcptui.theme import Look

STEP: Final = 2_000_000
LOOK: Final = 0.05


async def load(path: str) -> None:
    captures = Captures(CaptureOptions(), WIRESHARK_4_6)
    opened = captures.open_files([path])
    engine = opened.session.engine
    assert isinstance(engine, Engine)
    app = TcptuiApp(captures, opened, Look(), Preferences())
    began = time.perf_counter()
    opened.session.start(politely=True)
    async with app.run_test(size=(160, 48)):
        at, before = began, 0
        loading = True
        while loading:
            await asyncio.sleep(LOOK)
            loading = opened.session.state is SessionState.LOADING
            count, now = int(engine.frames), time.perf_counter()
            if count >= before + STEP or not loading:
                memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
                rate = (count - before) / (now - at)
                print(f"{now - began:7.2f} s {count:12,} packets {rate:12,.0f}/s {memory:7,} MB")
                at, before = now, count
        screen = app.screen
        assert isinstance(screen, TriageScreen)
        while screen.panes.flows.sorted_until < len(engine.flows):
            await asyncio.sleep(LOOK)
        print(f"{time.perf_counter() - began:7.2f} s until all flows are in order")
    captures.stop()


if __name__ == "__main__":
    asyncio.run(load(sys.argv[1]))
