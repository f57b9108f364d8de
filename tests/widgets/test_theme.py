"""Colours that can be read, and that nothing depends on."""

import re
from pathlib import Path

import pytest
from rich.color import Color as RichColor
from rich.color import ColorSystem
from textual.color import Color

from tcptui.theme import PALETTES, Palette, style

LEAST_CONTRAST = 4.5
"""WCAG 2, level AA."""
DECORATION = ("rule", "edge")
HEX = [palette for palette in PALETTES.values() if palette.background]
SOURCES = Path(__file__).parents[2] / "tcptui"


def luminance(color: Color) -> float:
    """Relative luminance (WCAG 2)."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in color.normalized
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Color, other: Color) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", HEX, ids=lambda palette: palette.name)
def test_contrast(palette: Palette) -> None:
    background = Color.parse(palette.background or "")
    grounds = [background] + [
        Color.parse(ground.split()[-1]) for ground in palette.grounds.values() if ground
    ]
    for name, definition in palette.styles.items():
        if name not in DECORATION:
            color = Color.parse(definition.split()[-1])
            worst = min(contrast(color, ground) for ground in grounds)
            assert worst >= LEAST_CONTRAST, (name, definition, worst)


@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
@pytest.mark.parametrize("system", [ColorSystem.STANDARD, ColorSystem.EIGHT_BIT])
def test_sides_and_severities_never_share_a_colour(palette: Palette, system: ColorSystem) -> None:
    def seen(name: str) -> RichColor:
        return RichColor.parse(palette.styles[name].split()[-1]).downgrade(system)

    client, server = seen("client"), seen("server")
    severities = {seen(name) for name in ("error", "warning", "note", "good")}
    assert client != server
    assert server not in severities
    assert client not in {seen(name) for name in ("error", "warning", "note")}


@pytest.mark.parametrize("palette", PALETTES)
def test_every_style_can_be_made(palette: str) -> None:
    for name in PALETTES[palette].styles:
        for ground in PALETTES[palette].grounds:
            assert style(palette, name, ground) is not None


def test_every_style_that_is_drawn_is_in_the_palettes() -> None:
    known = set(PALETTES["dark"].styles)
    drawn: set[str] = set()
    for file in [*SOURCES.glob("drawing/*.py"), *SOURCES.glob("widgets/*.py")]:
        drawn |= set(
            re.findall(r'Run\([^()]*(?:\([^()]*\)[^()]*)*, "([a-z-]+)"\)', file.read_text())
        )
    assert drawn
    assert drawn <= known
