"""The tests run against compiled modules, or say that they do not."""

import importlib
import os
import tomllib
from pathlib import Path

import pytest

from hatch_build import find_modules
from tests.conftest import stale_modules

ROOT = Path(__file__).parents[2]


def compiled_names() -> list[str]:
    """The modules that pyproject.toml lists for compiling, as import names."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    hook = project["tool"]["hatch"]["build"]["targets"]["wheel"]["hooks"]["custom"]
    paths = find_modules(ROOT, hook["modules"])
    return [path.removesuffix(".py").replace("/", ".") for path in paths]


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
