"""Draws the signs of a graph as SVG: lines, bars, dots, letters and columns, each in its colour."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from tcptui.drawing.graph import Sign

Place = tuple[float, float]
"""How far right and how far down, in pixels."""

BLUE, RED, PURPLE, GREEN, AMBER, GREY = (
    "#3b82c4", "#d9483b", "#a05fc8", "#2f9658", "#b5810f", "#808080",
)  # fmt: skip
COLORS: Final = {
    "segment_start": BLUE, "repeat_start": RED, "sack_start": PURPLE, "ack": GREEN,
    "window_edge": AMBER, "duplicate_ack": GREY, "fin": GREY, "rst": RED, "zero_window": RED,
    "rtt": BLUE, "rtt_floor": AMBER, "throughput": AMBER, "goodput": BLUE, "window": AMBER,
    "in_flight": BLUE, "server": PURPLE, "client": BLUE, "tcp": RED, "network": GREEN,
    "idle": GREY,
}  # fmt: skip
"""By the name of a series. Each is told from a white and from a dark ground."""
BROKEN, DOTTED = ' stroke-dasharray="6 3"', ' stroke-dasharray="1 4"'
FILLED: Final = 0.7
"""Lets the lines of the axes be seen through an area."""
LETTER: Final = (7, 11)
"""Pixels to the next letter, across or down; one that would stand on another is left out."""


class SignInk(NamedTuple):
    """A sign in its colour; dotted where it is a level that is not known for sure."""

    sign: Sign
    color: str
    is_dotted: bool = False


def drawn(
    ink: SignInk, starts: Sequence[Place], ends: Sequence[Place], corner: Place
) -> Iterator[str]:
    """Yield the shapes of a sign at these places: bars reach to those of ``ends``, a level to the
    corner's right, columns to its right and bottom."""
    match ink.sign.shape:
        case "bar":
            bars = "".join(f"M{x} {y}V{end}" for (x, y), (_, end) in zip(starts, ends, strict=True))
            yield f'<path d="{bars}" stroke="{ink.color}" stroke-width="2"/>'
            yield from letters(ink, ends)
        case "letter":
            yield from letters(ink, starts)
        case "points":
            dots = "".join(f"M{x} {y}h0" for x, y in starts)
            look = f'stroke="{ink.color}" stroke-width="4" stroke-linecap="round"'
            yield f'<path d="{dots}" {look}/>'
        case "columns":
            tops = "".join(
                f"V{y}H{x}"
                for (_, y), (x, _) in zip(starts, behind(starts, corner[0]), strict=True)
            )
            path = f"M{starts[0][0]} {corner[1]}{tops}V{corner[1]}Z"
            yield f'<path d="{path}" fill="{ink.color}" fill-opacity="{FILLED}"/>'
        case shape:
            look = BROKEN if shape == "broken" else ""
            look = DOTTED if ink.is_dotted else look
            steps = "".join(f"H{x}V{y}" for x, y in starts)
            path = f"M{starts[0][0]} {starts[0][1]}{steps}H{corner[0]}"
            yield f'<path d="{path}" fill="none" stroke="{ink.color}" stroke-width="1.5"{look}/>'


def behind(places: Sequence[Place], end: float) -> Iterator[Place]:
    """Yield for each place where the next one begins; ``end`` for the last."""
    yield from places[1:]
    yield end, 0


def letters(ink: SignInk, places: Sequence[Place]) -> Iterator[str]:
    """Yield the letter of a sign at each place where it can be read, if it has one."""
    if not ink.sign.letter:
        return
    kept: list[Place] = []
    for x, y in places:
        if not kept or abs(x - kept[-1][0]) >= LETTER[0] or abs(y - kept[-1][1]) >= LETTER[1]:
            kept.append((x, y))
    across = " ".join(str(x) for x, _ in kept)
    down = " ".join(str(y) for _, y in kept)
    look = f'style="fill:{ink.color}" font-size="11" font-weight="bold" text-anchor="middle"'
    yield f'<text x="{across}" y="{down}" {look}>{ink.sign.letter * len(kept)}</text>'
