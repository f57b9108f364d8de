"""Packages of others are imported in few rooms, and the core runs without a screen.

That rooms import only downwards is the contract of `lint-imports` in pyproject.toml.
"""

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

SCREEN = "app base_app between_app browse_app screens panes widgets theme".split()

IMPORTERS: dict[str, set[str]] = {
    "textual": {*SCREEN, "cli"},
    "rich": set(SCREEN),
    "scapy": {"capture", "screens"},
    "pyperclip": {"clipboard"},
    "backports": {"capture"},
    "compression": {"capture"},
    "lz4": {"capture"},
    "pyarrow": {"tables", "data_set"},
    "polars": {"library"},
    "dask": {"fleet"},
    "distributed": {"fleet"},
    "fsspec": {"fleet"},
    "pandas": set(),
    "duckdb": set(),
}
"""Which rooms may import a package of others."""


BY_NAME = {"import_module", "__import__", "resolve_name"}
"""Functions that import what a string says."""


def imported(source: Path) -> Iterator[str]:
    """The absolute names that a module imports, wherever in it."""
    yield from imported_in(source.read_text(), str(source))


def imported_in(text: str, source: str) -> Iterator[str]:
    """The names that a text imports. Where it imports by name, each string in it that names a
    module of a listed package counts: it may be what is imported."""
    tree = ast.parse(text)
    called = {called_name(node) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            package = node.value.split(".")[0]
            if called & BY_NAME and package in {*IMPORTERS, "tcptui"} and " " not in node.value:
                yield node.value.replace(":", ".")
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == "tcptui":
            yield from (f"tcptui.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{source}: imports are absolute"
            yield node.module or ""


def called_name(call: ast.Call) -> str:
    """The last name of what is called: of ``importlib.import_module(…)`` ``import_module``."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("import scapy.layers.l2", ["scapy.layers.l2"]),
        ("def f():\n    from scapy.all import IP", ["scapy.all"]),
        ("from tcptui import glyphs", ["tcptui.glyphs"]),
        ("import_module('scapy.layers.l2')", ["scapy.layers.l2"]),
        ("importlib.import_module(name='rich.text')", ["rich.text"]),
        ("__import__('textual')", ["textual"]),
        ("LAYERS = {1: ('scapy.layers.l2', 'Ether')}\nimport_module(LAYERS[1][0])",
         ["scapy.layers.l2"]),
        ("import_module('tcptui.screens.help')", ["tcptui.screens.help"]),
        ("resolve_name('tcptui.screens.help:HelpScreen')", ["tcptui.screens.help.HelpScreen"]),
        ("print('scapy.layers.l2')", []),
        ("import_module('json')\nprint('scapy cannot dissect this')", []),
    ],
)  # fmt: skip
def test_imports_are_found(text: str, names: list[str]) -> None:
    assert list(imported_in(text, "here")) == names


def imports() -> Iterator[tuple[str, str]]:
    """Every import in the package, as (room, name)."""
    for source in sorted((ROOT / "tcptui").rglob("*.py")):
        room = source.relative_to(ROOT / "tcptui").parts[0].removesuffix(".py")
        for name in imported(source):
            yield room, name


def test_packages_of_others_are_imported_in_few_places() -> None:
    wrong = [
        f"{room} imports {name}"
        for room, name in imports()
        if room not in IMPORTERS.get(name.split(".")[0], {room})
    ]
    assert wrong == []


LOAD_ROOMS = """
import importlib, json, pkgutil, sys
for room in sys.argv[1:]:
    package = importlib.import_module(room)
    for module in pkgutil.walk_packages(getattr(package, "__path__", []), room + "."):
        importlib.import_module(module.name)
print(json.dumps(sorted(sys.modules)))
"""


def test_the_core_loads_no_screen_and_no_dissector() -> None:
    rooms = ["tcptui.engine", "tcptui.capture", "tcptui.session"]
    command = [sys.executable, "-c", LOAD_ROOMS, *rooms]
    result = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    packages = {name.split(".")[0] for name in json.loads(result.stdout)}
    assert packages.isdisjoint({"textual", "rich", "scapy", "pyperclip"})


FIRST_FRAME = """
import asyncio, json, sys
from tcptui.app import TcptuiApp
from tcptui.cli.parser import parse
from tcptui.capture.options import CaptureOptions
from tcptui.captures import Captures
from tcptui.cli.screen import opened_first
from tcptui.screens.preferences import load
from tcptui.theme import Look

async def modules(app):
    async with app.run_test(size=(160, 48)):
        return sorted(sys.modules)

from tcptui.engine.wireshark.release_4_0 import WIRESHARK_4_0
captures = Captures(CaptureOptions(), WIRESHARK_4_0)
opened = opened_first(parse(sys.argv[1:]), captures)
opened.session.start()
print(json.dumps(asyncio.run(modules(TcptuiApp(captures, opened, Look(), load())))))
captures.stop()
"""

NOT_YET = """
    tcptui.capture.live tcptui.capture.scapy_building tcptui.capture.scapy_script tcptui.clipboard
    tcptui.doctor tcptui.drawing.svg
    tcptui.report.report tcptui.report.packets tcptui.report.flow_formats tcptui.report.row_formats
    tcptui.filters.complete tcptui.filters.expression tcptui.filters.language
    tcptui.filters.outgoing tcptui.filters.subjects
    tcptui.screens.chooser tcptui.screens.copy_menu tcptui.screens.detail tcptui.screens.page
    tcptui.screens.packet_fields tcptui.screens.saving tcptui.screens.stream
    tcptui.screens.triage_export tcptui.screens.triage_offers
    tomllib ctypes pygments scapy pyperclip
""".split()
"""What only a filter, a dialog, an export or a capture needs: the screen does not wait for it."""


def test_the_first_frame_needs_little(tmp_path: Path) -> None:
    command = [sys.executable, "-c", FIRST_FRAME, "samples/web-loss.pcapng"]
    clean = {**os.environ, "XDG_CONFIG_HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)}
    result = subprocess.run(
        command, cwd=ROOT, env=clean, stdout=subprocess.PIPE, text=True, check=True
    )
    loaded = json.loads(result.stdout)
    assert "tcptui.screens.triage" in loaded
    assert sorted(set(NOT_YET) & set(loaded)) == []


FOR_NO_FILTER = """
    ast asyncio dataclasses difflib inspect lark logging multiprocessing pickle scapy tempfile
    textual tcptui.filters.wireshark_fields tcptui.filters.wireshark_protocols tcptui.screens
    tcptui.widgets
""".split()


def test_a_report_with_a_filter_starts_with_little() -> None:
    command = [sys.executable, "-X", "importtime", "-m", "tcptui", "report", "--format", "json"]
    command += ["-Y", "tcp.port == 443 and ip.ttl > 1", "samples/keep-alive-half-open.pcapng"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = {line.rpartition("|")[2].strip() for line in result.stderr.splitlines()}
    assert "tcptui.filters.language" in loaded
    assert sorted(set(FOR_NO_FILTER) & loaded) == []
