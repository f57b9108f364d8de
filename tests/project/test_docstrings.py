"""The first sentence of a docstring stands alone: a hover shows nothing else.

No list of words knows every verb, so this looks for the openings without one that have been written
here: a function said what it returns as a bare noun ("The next block"), a clause hung in the air
("What is left of it"), or a sentence leaned on the one above ("The same, but …").
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "tcptui"
LEANING = re.compile(r"(The same|One more|Also|And|As|But|It|Its|Like|Or|Until)\b")
"""Openings that need the sentence above."""

CLAUSE = re.compile(r"(How|What|When|Where|Whether|Which|Who|Whose|Why)\b")
"""Openings of a clause that is no sentence: they may name a value or a class, but say nothing."""

NOUN = re.compile(r"(A|All|An|Any|Both|Each|Every|One|The|These|Those)\b|`")
"""Openings of a noun phrase: they may name a value or a class, but not what a function does."""

Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def documented(module: Path) -> Iterator[tuple[str, Documented, str]]:
    """Yield where each public docstring of a module is, what has it, and its first paragraph."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if not isinstance(node, Documented):
            continue
        name = "" if isinstance(node, ast.Module) else node.name
        text = ast.get_docstring(node)
        if text and not name.startswith("_"):
            first = " ".join(text.split("\n\n")[0].split())
            yield f"{module.relative_to(PACKAGE).as_posix()} {name}".strip(), node, first


def is_value(node: Documented) -> bool:
    """Return whether it is read like a value: a property says what it is, not what it does."""
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and any(
        "property" in ast.unparse(decorator) for decorator in node.decorator_list
    )


def fault(node: Documented, first: str) -> str:
    """Return what is wrong with a first sentence; empty for nothing that this can see."""
    if not re.search(r"\.(\s|$)", first):
        return "has no full stop"
    if LEANING.match(first):
        return "leans on the sentence above"
    names = isinstance(node, ast.ClassDef) or is_value(node)
    if CLAUSE.match(first) and not is_value(node):
        return "is a clause"
    if NOUN.match(first) and not names and not isinstance(node, ast.Module):
        return "does not say what the function does"
    return ""


def test_first_sentences_stand_alone() -> None:
    found = [
        f"{where}: {wrong}: {first}"
        for module in sorted(PACKAGE.rglob("*.py"))
        for where, node, first in documented(module)
        if (wrong := fault(node, first))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("source", "wrong"),
    [
        ('"""Reads blocks ahead of the consumer."""', ""),
        ('"""The canvas is the base of all panes."""', ""),
        ('"""What is wrong with an input, in one clear line."""', "is a clause"),
        ('def get() -> bytes:\n "Return the next block; it is empty at the end."', ""),
        ('def get() -> bytes:\n "The next block."', "does not say what the function does"),
        ('def get() -> bytes:\n "`size` bytes."', "does not say what the function does"),
        ('def is_open() -> bool:\n "Whether it is open."', "is a clause"),
        ('@property\ndef is_open() -> bool:\n "Whether it is open."', ""),
        ('class State:\n "What the capture is doing."', "is a clause"),
        ('class Copy:\n "The same, but written."', "leans on the sentence above"),
        ('def add() -> None:\n "Append a record"', "has no full stop"),
    ],
)
def test_the_check(source: str, wrong: str) -> None:
    tree = ast.parse(source)
    node = tree if ast.get_docstring(tree) else tree.body[0]
    assert isinstance(node, Documented)
    assert fault(node, ast.get_docstring(node) or "") == wrong
