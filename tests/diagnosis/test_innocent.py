"""Innocent traffic that may look like trouble: nothing above a note is said of it."""

from typing import Final

import pytest

from tcptui.engine.wireshark.flags import Severity
from tests.diagnosis.test_counter_evidence import ASKED, ENDS, by_flow, shaken

QUIET: Final = {Severity.CHAT.value, Severity.NOTE.value}


def turns(count: int, apart: int, way: int, size: int = 500, begin: int = 100) -> str:
    """Questions so many ms apart, each with its answer after ``way`` ms."""
    return "".join(
        f"{begin + apart * i} A PA {1 + 100 * i} {1 + size * i} 64000 100\n"
        f"{begin + apart * i + way} B PA {1 + size * i} {101 + 100 * i} 64000 {size}\n"
        f"{begin + apart * i + way + 0.1:.1f} A A {101 + 100 * i} {1 + size * (i + 1)} 64000 0\n"
        for i in range(count)
    )


def chunks(count: int, apart: int) -> str:
    """A player that asks for 40 segments every so many ms."""
    lines = []
    for i in range(count):
        at, seq = 100 + apart * i, 1 + 40_000 * i
        lines.append(f"{at} A PA {1 + 300 * i} {seq} 64000 300")
        lines += [
            f"{at + 20 + k * 0.2:.1f} B A {seq + 1000 * k} {301 + 300 * i} 64000 1000"
            for k in range(40)
        ]
        lines.append(f"{at + 28.1:.1f} A A {301 + 300 * i} {seq + 40_000} 64000 0")
    return "\n".join(lines) + "\n"


PIPELINED: Final = (
    "".join(f"{30 + i} A PA {1 + 100 * i} 1 64000 100\n" for i in range(5))
    + "55 B A 1 501 64000 0\n"
    + "".join(
        f"{80 + 50 * i} B PA {1 + 1000 * i} 501 64000 1000\n"
        f"{80.1 + 50 * i:.1f} A A 501 {1001 + 1000 * i} 64000 0\n"
        for i in range(5)
    )
)
CLOSED: Final = "{0} B FA 501 101 64000 0\n{0}.1 A A 101 502 64000 0\n"

INNOCENT: Final[dict[str, str]] = {
    "half a close, and the answer behind it": shaken()
    + "30 A FPA 1 1 64000 100\n50 B A 1 102 64000 0\n900 B FPA 1 102 64000 500\n"
    + "900.1 A A 102 502 64000 0\n",
    "an idle shell with keep-alives": shaken() + turns(8, 400, 21, 36)
    + "".join(
        f"{7_200_000 * i} A A 800 289 64000 0\n{7_200_000 * i + 20} B A 289 801 64000 0\n"
        for i in range(1, 4)
    ),
    "a player": shaken() + chunks(5, 4000),
    "pipelined requests": shaken() + PIPELINED,
    "a long path": ENDS + "0 A S 0 0 64000 0\n600 B SA 0 1 64000 0\n600.1 A A 1 1 64000 0\n"
    + turns(3, 700, 600, begin=700),
    "a ticker that nobody asks": shaken()
    + "".join(
        f"{100 + 3000 * i} B PA {1 + 200 * i} 1 64000 200\n"
        f"{100 + 3000 * i}.1 A A 1 {201 + 200 * i} 64000 0\n"
        for i in range(8)
    ),
    "a log that nobody answers": shaken()
    + "".join(
        f"{100 + 3000 * i} A PA {1 + 200 * i} 1 64000 200\n"
        f"{120 + 3000 * i} B A 1 {201 + 200 * i} 64000 0\n"
        for i in range(8)
    ),
    "an idle connection that the server closes, and the client much later": shaken() + ASKED
    + CLOSED.format(5050)
    + "95000 A FA 101 502 64000 0\n95020 B R 502 0 0 0\n",
    "both close at once": shaken() + ASKED
    + "100 A FA 101 501 64000 0\n101 B FA 501 101 64000 0\n"
    + "120 B A 502 102 64000 0\n121 A A 102 502 64000 0\n",
    "who has read enough and closes": shaken() + ASKED + "60 A FA 101 501 64000 0\n"
    + "70 B A 501 101 64000 1400\n70.1 A R 102 0 0 0\n",
    "a probe of the port": shaken() + "23 A RA 1 1 64000 0\n",
    "a beginning inside, an end that is cut": ENDS + turns(6, 50, 20)
    + "600 A PA 601 3001 64000 100\n620 B A 3001 701 64000 0\n",
    "a segment that another overtakes": shaken() + ASKED
    + "60 B A 501 101 64000 1000 id=900\n60.1 B A 2501 101 64000 1000 id=902\n"
    + "60.2 A A 101 1501 64000 0\n62 B A 1501 101 64000 1000 id=901\n62.1 A A 101 3501 64000 0\n",
    "ports that are used again": shaken() + ASKED + CLOSED.format(60)
    + "61 A FA 101 502 64000 0\n81 B A 502 102 64000 0\n"
    + "70000 A S 900000 0 64000 0\n70020 B SA 700000 900001 64000 0\n"
    + "70021 A A 900001 700001 64000 0\n",
    "one direction alone": ENDS
    + "0 A S 0 0 64000 0\n20 A A 1 1 64000 0\n21 A PA 1 1 64000 100\n60 A A 101 1449 64000 0\n"
    + "5000 A PA 101 1449 64000 100\n5030 A A 201 4000 64000 0\n6000 A FA 201 4000 64000 0\n",
}  # fmt: skip


@pytest.mark.parametrize("name", INNOCENT)
def test_nothing_above_a_note(name: str) -> None:
    found = [one for flow in by_flow(INNOCENT[name]) for one in flow]
    assert {one.severity for one in found} <= QUIET
