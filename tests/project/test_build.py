"""Wheels and sdists, with and without what compiling needs."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.build

QUICK_COMPILER = """#!/bin/sh
exec cc "$@" -O0
"""

COMPILER_WITHOUT_HEADERS = """#!/bin/sh
for argument do
    shift
    case $argument in */include/python*) argument=/nonexistent ;; esac
    set -- "$@" "$argument"
done
exec cc "$@"
"""


PROGRAM = """\
import tcptui

capture = tcptui.read("x.pcap", rules="4.6", filter="tcp")
for flow in capture.flows:
    reveal_type(flow.client.state)
    reveal_type(flow.findings[0].cost)
    flow.nonsense
reveal_type([segment.seq for segment in capture.segments])
"""
TYPES_SEEN = [
    'note: Revealed type is "str"',
    'note: Revealed type is "float | None"',
    'error: "FlowFacts" has no attribute "nonsense"  [attr-defined]',
    'note: Revealed type is "list[int]"',
]

MOST_OF_A_SHIM = 4096
"""Bytes of the file that loads one compiled module, of which there are nearly 200."""


def script(path: Path, text: str) -> str:
    path.write_text(text)
    path.chmod(0o755)
    return str(path)


def run_build(target: Path, kind: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "build", "--no-isolation", f"--{kind}", "--outdir", target]
    return subprocess.run(
        [*map(str, command), str(ROOT)],
        env={**os.environ, "TCPTUI_EXPECT_COMPILED": "0", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def build(target: Path, kind: str, **environment: str) -> tuple[Path, str]:
    """Build a wheel or an sdist; returns its path and what the build said."""
    result = run_build(target, kind, **environment)
    assert result.returncode == 0, result.stdout
    (package,) = target.iterdir()
    return package, result.stdout


def members(package: Path) -> list[str]:
    if package.suffix == ".whl":
        with zipfile.ZipFile(package) as wheel:
            return wheel.namelist()
    with tarfile.open(package) as sdist:
        return [name.partition("/")[2] for name in sdist.getnames()]


def tracked(suffix: str) -> set[str]:
    """The package's source files with a suffix."""
    return {str(path.relative_to(ROOT)) for path in (ROOT / "tcptui").rglob(f"*{suffix}")}


def test_wheel_is_compiled_where_a_compiler_and_headers_are_present(tmp_path: Path) -> None:
    quick = script(tmp_path / "quick-cc", QUICK_COMPILER)
    wheel, said = build(tmp_path / "dist", "wheel", CC=quick)
    assert "tcptui: compiled" in said
    assert not wheel.name.endswith("-py3-none-any.whl")
    libraries = [name for name in members(wheel) if name.endswith(".so")]
    assert any(name.startswith("tcptui__mypyc.") for name in libraries)
    compiled = {name.split(".")[0] + ".py" for name in libraries if name.startswith("tcptui/")}
    assert "tcptui/engine/engine.py" in compiled
    assert compiled.isdisjoint(members(wheel))
    assert tracked(".py") - compiled <= set(members(wheel))
    assert run_from(wheel, tmp_path / "installed").endswith(".so")
    assert types_seen(tmp_path / "installed") == TYPES_SEEN
    if sys.platform == "linux":
        shims = (tmp_path / "installed" / "tcptui").rglob("*.so")
        assert max(shim.stat().st_size for shim in shims) < MOST_OF_A_SHIM


def types_seen(installed: Path) -> list[str]:
    """What a type checker says of a program that uses the library, without the sources of compiled
    modules."""
    program = installed / "program.py"
    program.write_text(PROGRAM)
    command = [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "--no-pretty"]
    result = subprocess.run(
        [*command, "--cache-dir", str(installed / "cache"), str(program)],
        cwd=installed,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    return [line.partition(": ")[2] for line in result.stdout.splitlines()[:-1]]


def run_from(wheel: Path, folder: Path) -> str:
    """Unpack a wheel and import its engine outside the source tree; returns the module's file."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    code = "import tcptui.engine.engine as engine; print(engine.__file__)"
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    file = result.stdout.strip()
    assert Path(file).is_relative_to(folder)
    return file


def test_wheel_is_pure_where_no_compiler_is_present(tmp_path: Path) -> None:
    wheel, said = build(tmp_path / "dist", "wheel", CC="/nonexistent/cc")
    assert "tcptui: building without compiled modules: no C compiler: /nonexistent/cc" in said
    assert_pure_and_complete(wheel)
    assert run_from(wheel, tmp_path / "installed").endswith("engine.py")


def test_wheel_is_pure_where_headers_are_missing(tmp_path: Path) -> None:
    compiler = script(tmp_path / "bare-cc", COMPILER_WITHOUT_HEADERS)
    wheel, said = build(tmp_path / "dist", "wheel", CC=compiler)
    assert "tcptui: building without compiled modules: Python's headers" in said
    assert_pure_and_complete(wheel)


def test_build_fails_where_it_must_compile_and_cannot(tmp_path: Path) -> None:
    result = run_build(tmp_path, "wheel", CC="/nonexistent/cc", TCPTUI_EXPECT_COMPILED="1")
    assert result.returncode != 0
    assert "no C compiler" in result.stdout


def assert_pure_and_complete(wheel: Path) -> None:
    assert wheel.name.endswith("-py3-none-any.whl")
    names = set(members(wheel))
    assert not [name for name in names if name.endswith(".so")]
    assert tracked(".py") | tracked(".tcss") | {"tcptui/py.typed"} <= names
    assert any(name.endswith(".data/data/share/man/man1/tcptui.1") for name in names)
    assert not [name for name in names if name.startswith(("samples/", "tests/", "benchmarks/"))]


def test_sdist_carries_everything_a_build_and_the_tests_need(tmp_path: Path) -> None:
    sdist, _ = build(tmp_path, "sdist")
    names = set(members(sdist))
    needed = {"pyproject.toml", "hatch_build.py", "LICENSE", "README.md", "tests/conftest.py"}
    assert needed | tracked(".py") | tracked(".tcss") <= names
    assert any(name.startswith("samples/") for name in names)
    assert not [name for name in names if name.endswith(".so")]
