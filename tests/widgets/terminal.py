"""A terminal that takes what is sent and keeps its cells, as ECMA-48 says."""

import re
from collections.abc import Callable
from typing import Final

from rich.cells import cell_len

from tcptui.widgets.cell_looks import PLAIN, VISIBLE_ON_BLANKS, Cell, CellLook, look_of

SENT: Final = re.compile(r"\x1b\[([0-9;]*)([A-Za-z])|([\r\b])|([^\x1b\x00-\x1f])")
ENDS: Final = {"22": "12", "23": "3", "24": "4", "25": "5", "27": "7", "29": "9"}


def visible(cell: Cell) -> Cell:
    """What can be seen of it: a blank has no colour of its own."""
    character, look = cell
    if character != " " or look.attributes & VISIBLE_ON_BLANKS:
        return cell
    return character, CellLook(ground=look.ground)


class Terminal:
    """Lines of cells, a cursor and a look; all of it must be known from what was sent."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.lines: list[list[Cell]] = [[("?", PLAIN)] * width for _ in range(height)]
        self.y = self.x = 0
        self.look = PLAIN

    def take(self, sent: str) -> None:
        """Take what is sent; nothing of it may be anything else than what is known here."""
        assert not SENT.sub("", sent)
        for numbers, command, control, character in SENT.findall(sent):
            if command:
                self.COMMANDS[command](self, [int(one or 0) for one in numbers.split(";")])
            elif control:
                self.x = 0 if control == "\r" else max(self.x - 1, 0)
            else:
                self.write(character)

    def write(self, character: str) -> None:
        """Write a character; what it covers a half of is gone."""
        width = cell_len(character)
        if width == 0:
            before, look = self.lines[self.y][self.x - 1]
            self.lines[self.y][self.x - 1] = before + character, look
            return
        assert self.x + width <= self.width, "a terminal would go on in the next line"
        self.put([visible((text, self.look)) for text in [character, ""][:width]])
        self.x += width

    def put(self, cells: list[Cell]) -> None:
        """Put cells at the cursor; of a character that they cover a half of, the other is blank."""
        line, after = self.lines[self.y], self.x + len(cells)
        if not line[self.x][0]:
            line[self.x - 1] = " ", PLAIN
        if after < self.width and not line[after][0]:
            line[after] = " ", PLAIN
        line[self.x : after] = cells

    def erase(self, count: int) -> None:
        """Erase cells from the cursor on; some terminals keep the ground then, others do not."""
        assert not self.look.ground
        self.put([(" ", PLAIN)] * min(count, self.width - self.x))

    def move(self, right: int, down: int) -> None:
        """Move the cursor, which stays on the screen."""
        self.x = min(max(self.x + right, 0), self.width - 1)
        self.y = min(max(self.y + down, 0), len(self.lines) - 1)

    def move_to(self, numbers: list[int]) -> None:
        """Move the cursor to a line and a cell, counted from 1."""
        line, cell = [*numbers, 1][:2]
        self.y, self.x = max(line, 1) - 1, max(cell, 1) - 1

    def change_look(self, numbers: list[int]) -> None:
        """Change the look."""
        attributes, colour, ground = self.look
        new = look_of(";".join(map(str, numbers)))
        if "0" in new.attributes:
            attributes, colour, ground = PLAIN
        ended = [ENDS[code] for code in new.attributes if code in ENDS]
        attributes = (attributes - set("".join(ended))) | (new.attributes - ENDS.keys() - {"0"})
        colour = "" if new.colour == "39" else new.colour or colour
        ground = "" if new.ground == "49" else new.ground or ground
        self.look = CellLook(frozenset(attributes), colour, ground)

    COMMANDS: Final[dict[str, Callable[["Terminal", list[int]], None]]] = {
        "A": lambda self, numbers: self.move(0, -max(numbers[0], 1)),
        "B": lambda self, numbers: self.move(0, max(numbers[0], 1)),
        "C": lambda self, numbers: self.move(max(numbers[0], 1), 0),
        "D": lambda self, numbers: self.move(-max(numbers[0], 1), 0),
        "H": move_to,
        "K": lambda self, numbers: self.erase(self.width),
        "X": lambda self, numbers: self.erase(max(numbers[0], 1)),
        "m": change_look,
    }
