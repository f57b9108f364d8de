"""The tests run against compiled modules, or say that they do not."""

import ast
import importlib
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from hatch_build import find_modules
from tests.conftest import stale_modules

ROOT = Path(__file__).parents[2]


def patterns() -> list[str]:
    """What pyproject.toml lists for compiling."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    hook = project["tool"]["hatch"]["build"]["targets"]["wheel"]["hooks"]["custom"]
    return list(hook["modules"])


def compiled_names() -> list[str]:
    """The modules that these are, as import names."""
    paths = find_modules(ROOT, patterns())
    return [path.removesuffix(".py").replace("/", ".") for path in paths]


def test_a_folder_is_compiled_or_it_is_not() -> None:
    assert [pattern for pattern in patterns() if not pattern.endswith("/*.py")] == []
    assert [pattern for pattern in patterns() if not find_modules(ROOT, [pattern])] == []


def test_the_engine_is_on_the_list() -> None:
    assert "tcptui.engine.engine" in compiled_names()
    assert not [name for name in compiled_names() if name.endswith("__init__")]


@pytest.mark.parametrize("name", compiled_names())
def test_module_is_compiled(name: str) -> None:
    file = importlib.import_module(name).__file__ or ""
    if not file.endswith(".so") and os.environ.get("TCPTUI_EXPECT_COMPILED") != "1":
        pytest.skip("interpreted; pip install -e . compiles where a C compiler is present")
    assert file.endswith(".so")


def test_a_source_newer_than_its_compiled_module_is_noticed(tmp_path: Path) -> None:
    room = tmp_path / "tcptui" / "engine"
    room.mkdir(parents=True)
    for name, age in {"a.py": 2, "a.cpython-311.so": 1, "b.py": 1, "b.cpython-311.so": 2}.items():
        (room / name).touch()
        os.utime(room / name, (1000 - age, 1000 - age))
    (room / "gone.cpython-311.so").touch()
    assert stale_modules(tmp_path) == ["tcptui/engine/b.py", "tcptui/engine/gone.py"]


def takes_columns(path: Path) -> set[str]:
    """What in a module has a ``vec`` for an argument: ``module.function``, ``.method``, classes as
    functions."""
    names = set()
    for owner in ast.walk(ast.parse(path.read_text())):
        for node in ast.iter_child_nodes(owner):
            if isinstance(node, ast.FunctionDef) and any(
                "vec[" in ast.unparse(arg.annotation or arg) for arg in node.args.args
            ):
                if not isinstance(owner, ast.ClassDef):
                    names.add(f"{path.stem}.{node.name}")
                elif node.name == "__init__":
                    names.add(f"{path.stem}.{owner.name}")
                else:
                    names.add(f".{node.name}")
    return names


def called(path: Path) -> set[str]:
    """What a module calls, named in the same way as far as it can be told."""
    tree = ast.parse(path.read_text())
    origins = {
        alias.asname or alias.name: f"{(node.module or '').rpartition('.')[2]}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            owner, _, name = ast.unparse(node.func).rpartition(".")
            names |= {f".{name}", f"{origins.get(owner, owner).rpartition('.')[2]}.{name}"}
            names.add(origins.get(name, name))
    return names


def test_no_interpreted_module_gives_columns_to_a_compiled_function() -> None:
    """The compiled function would keep them for good (mypyc 2.4): see `Columns` of the engine."""
    compiled = {ROOT / f"{name.replace('.', '/')}.py" for name in compiled_names()}
    takers = set().union(*map(takes_columns, compiled))
    assert {"sorting.Sorter", "sorting.pick"} <= takers
    given = {
        path.name: called(path) & takers for path in set(ROOT.glob("tcptui/**/*.py")) - compiled
    }
    assert not {name: takers for name, takers in given.items() if takers}


OPEN_AND_LEAVE = """
import gc, sys
from pathlib import Path
from tcptui.capture.source import open_source
from tcptui.engine.wireshark.rule_sets import WIRESHARK_4_0
from tcptui.engine.engine import Engine
from tcptui.session import analyse

def held():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))

def open_all(times):
    for _ in range(times):
        for path in sys.argv[1:]:
            source, engine = open_source([path]), Engine(WIRESHARK_4_0)
            for _ in analyse(source, engine):
                pass
            source.close()
            del engine
            gc.collect()

open_all(3)
before = held()
open_all(10)
print((held() - before) / 10 / len(sys.argv[1:]))
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="asks Linux for the memory")
def test_a_capture_that_was_left_is_freed() -> None:
    """Kilobytes for each opening, in a process of its own."""
    samples = sorted(map(str, ROOT.glob("samples/*.pcapng")))
    command = [sys.executable, "-c", OPEN_AND_LEAVE, *samples]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert float(done.stdout) < 20
