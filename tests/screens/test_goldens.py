"""Whole screens as plain text.

Write them anew with ``TCPTUI_WRITE_GOLDENS=1 pytest tests/screens/test_goldens.py`` and look at
the difference before committing it.
"""

import pytest

from tcptui.screens.graph_files import graph_text
from tcptui.theme import Look
from tests.screens.golden import check_screens
from tests.screens.opened import SAMPLES, opened, press, press_key, screen_of, steady_text

SIZES = ((80, 24), (100, 30), (120, 40), (160, 48), (200, 50))
NAMES = ("closings", "web-loss", "zero-window")


@pytest.mark.parametrize("ascii_only", [False, True], ids=["unicode", "ascii"])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", NAMES)
async def test_screen(name: str, size: tuple[int, int], ascii_only: bool) -> None:
    look = Look(ascii=ascii_only)
    async with opened(SAMPLES / f"{name}.pcapng", size=size, look=look) as pilot:
        pages = [await steady_text(pilot)]
        if size[0] < 110:
            for key in ("3", "2"):
                await press_key(pilot, key)
                pages.append(await steady_text(pilot))
    check_screens(name, size, ascii_only, pages)


@pytest.mark.parametrize("ascii_only", [False, True], ids=["unicode", "ascii"])
@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)], ids=lambda size: f"{size[0]}")
async def test_graphs(size: tuple[int, int], ascii_only: bool) -> None:
    """The screen with the graph, then every other graph of the flow, and one of the capture."""
    look = Look(ascii=ascii_only)
    async with opened(SAMPLES / "web-loss.pcapng", size=size, look=look) as pilot:
        await press(pilot, "4")
        pages = [await steady_text(pilot)]
        for key in ("t", "t", "t", "t", "a"):
            await press(pilot, key)
            pages.append(graph_text(screen_of(pilot).panes.graph))
    check_screens("graph", size, ascii_only, pages)
