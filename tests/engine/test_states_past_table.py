"""Only the room of the state machines moves them; its text lists every state set past the table.

The sources are parsed: what is said of the code must be true of each line of it.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import tcptui
from tcptui.engine import tcp_state

PACKAGE = Path(tcptui.__file__).parent
ROOM = PACKAGE / "engine/tcp_state"
FLOW = PACKAGE / "engine/flow.py"
SETTER = "set_state_past_table"

STATE_SETTERS = {"follow_arrow", SETTER}
"""The functions that may assign a state: the table's, and the one past it."""

WRITTEN_OUTSIDE = {("engine/engine.py", "states_before_reuse")}
"""The engine alone knows the connection that had the ports before."""

METHODS_THAT_WRITE = {"add_doubt", "drop_doubt"}


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    """Every function and method in a source file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def assigned(tree: ast.AST) -> Iterator[str]:
    """The names of the attributes that the code assigns to."""
    for node in ast.walk(tree):
        targets = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AugAssign | ast.AnnAssign):
            targets = [node.target]
        for target in targets:
            yield from (
                part.attr
                for part in ast.walk(target)
                if isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Store)
            )


def called(tree: ast.AST) -> Iterator[str]:
    """The names of the functions that the code calls, methods not among them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id


def fields_of_the_machines() -> set[str]:
    """The fields of endpoints and flows under the headings of the state machines."""
    sections = re.findall(r"# The state machines?:.*?\n\n", FLOW.read_text("utf-8") + "\n", re.S)
    assert len(sections) == 2
    return {name for text in sections for name in re.findall(r"self\.(\w+):", text)}


def test_only_two_functions_assign_a_state() -> None:
    found = {
        function.name
        for path in ROOM.glob("*.py")
        for function in functions(path)
        if "state" in assigned(function)
    }
    assert found == STATE_SETTERS


def test_the_text_lists_who_sets_a_state_past_the_table() -> None:
    callers = {
        function.name
        for path in ROOM.glob("*.py")
        for function in functions(path)
        if SETTER in called(function)
    }
    assert tcp_state.__doc__
    listed = re.findall(r"^\* ``(\w+)``: ", tcp_state.__doc__, re.M)
    assert len(listed) == len(set(listed))
    assert set(listed) == callers


def test_the_fields_of_the_machines_are_found() -> None:
    assert {"state", "certainty", "doubts", "settled", "zeek_history"} <= fields_of_the_machines()


def written_elsewhere(path: Path) -> set[str]:
    """The fields that a source assigns to anything but ``self``, and the doubts that it moves.

    What is assigned to ``self`` are fields of other classes, which may share a name.
    """
    attributes = [
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and not (isinstance(node.value, ast.Name) and node.value.id == "self")
    ]
    return {
        node.attr
        for node in attributes
        if isinstance(node.ctx, ast.Store) or node.attr in METHODS_THAT_WRITE
    }


def test_nobody_else_writes_the_machines_fields() -> None:
    forbidden = fields_of_the_machines() | METHODS_THAT_WRITE
    found = {
        (str(path.relative_to(PACKAGE)), name)
        for path in {*PACKAGE.rglob("*.py")} - {*ROOM.glob("*.py")} - {FLOW}
        for name in written_elsewhere(path) & forbidden
    }
    assert found == WRITTEN_OUTSIDE
