"""What is not ours passes one door on its way to the terminal: nobody writes past it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "tcptui"
DOORS = {PACKAGE / name for name in ("stderr.py", "start.py", "streams.py", "terminal.py")}
"""The door, and what stands before it is there: the first moment of the program, the preparation of
the stream itself, and the terminal that the screen draws on."""
PRINTERS = {
    PACKAGE / name for name in ("cli/program.py", "cli/printing.py", "base_app.py", "stderr.py")
}
"""Where print() may stand: what it gets there is ours, or escaped."""
TRACEBACKS = {"print_exc", "print_exception", "print_stack", "print_last", "print_tb"}
MODULES = sorted(PACKAGE.rglob("*.py"))


def writes_past_the_door(path: Path) -> Iterator[str]:
    """The places in a module that could write to stderr by themselves."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.Attribute(value=ast.Name("sys"), attr="stderr" | "__stderr__"):
                yield f"line {node.lineno}: sys.stderr"
            case ast.ImportFrom(module="sys"):
                if any("stderr" in name.name for name in node.names):
                    yield f"line {node.lineno}: import of stderr"
            case ast.Attribute(attr=name) if name in TRACEBACKS:
                yield f"line {node.lineno}: {name}"
            case ast.Call(
                func=ast.Attribute(value=ast.Name("os"), attr="write"), args=[ast.Constant(2), *_]
            ):
                yield f"line {node.lineno}: os.write to stderr"
            case ast.Import(names=names):
                if any(name.name == "logging" for name in names):
                    yield f"line {node.lineno}: import of what writes to stderr"
            case ast.Attribute(value=ast.Name("warnings"), attr="warn" | "warn_explicit"):
                yield f"line {node.lineno}: a warning"
            case ast.Call(func=ast.Name("print")) if path not in PRINTERS:
                yield f"line {node.lineno}: print"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_nobody_writes_to_stderr_past_the_door(path: Path) -> None:
    found = list(writes_past_the_door(path))
    assert bool(found) == (path in DOORS), found


@pytest.mark.parametrize(
    "line",
    [
        "import sys; print('x', file=sys.stderr)",
        "import sys; sys.__stderr__.write('x')",
        "from sys import stderr as out",
        "import traceback; traceback.print_exc()",
        "import os; os.write(2, b'x')",
        "import logging",
        "import warnings; warnings.warn('x')",
        "print('x')",
    ],
)
def test_the_check_finds_it(line: str, tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text(line)
    assert list(writes_past_the_door(tmp_path / "module.py"))
