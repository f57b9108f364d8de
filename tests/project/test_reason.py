"""An engine that is not compiled says so, and the true reason."""

from pathlib import Path

import pytest

import hatch_build
from tcptui import build, doctor
from tcptui.cli import reading
from tests.screens.opened import LOSSY, opened, screen_text

FAILING = """#!/bin/sh
echo 'In file included from x.c:1:' >&2
echo 'x.c:1:2: error: out of luck' >&2
exit 1
"""


@pytest.fixture
def interpreted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(build, "build", lambda: "interpreted")
    monkeypatch.setattr(build, "NOT_COMPILED", str(tmp_path / "not_compiled.txt"))
    return tmp_path / "not_compiled.txt"


def test_the_reason_of_the_build_reaches_the_doctor(interpreted: Path) -> None:
    interpreted.write_text("no C compiler: cc not found\n")
    assert "no C compiler: cc not found" in doctor.report("0 (interpreted)", {})


def test_a_compiled_engine_needs_no_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "build", lambda: "compiled")
    assert build.why_interpreted() == ""


def test_a_long_capture_is_told_to_take_long(
    interpreted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reading.say_what_is_slow(build.SLOW_INTERPRETED - 1)
    assert capsys.readouterr().err == ""
    reading.say_what_is_slow(build.SLOW_INTERPRETED)
    assert "the engine is not compiled (it was installed or copied" in capsys.readouterr().err


@pytest.mark.usefixtures("interpreted")
@pytest.mark.parametrize(("size", "said"), [(1, True), (1 << 30, False)])
async def test_the_screen_says_so_above_a_long_capture(
    monkeypatch: pytest.MonkeyPatch, size: int, said: bool
) -> None:
    monkeypatch.setattr(build, "SLOW_INTERPRETED", size)
    async with opened(LOSSY) as pilot:
        head = screen_text(pilot).splitlines()[0]
    assert ("slow: not compiled" in head) is said


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (FAILING, "the C compiler cc fails: x.c:1:2: error: out of luck"),
        ("#!/bin/sh\nexit 1\n", "the C compiler cc fails: exit status 1, without a word"),
        ("not a program", "the C compiler cc does not run: "),
        ("", "no C compiler: "),
    ],
)
def test_a_compiler_that_fails_is_told_by_its_own_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, reason: str
) -> None:
    compiler = tmp_path / "cc"
    if text:
        compiler.write_text(text)
        compiler.chmod(0o755)
    monkeypatch.setenv("CC", str(compiler))
    with pytest.raises(hatch_build.NotCompiled) as raised:
        hatch_build.check_toolchain()
    assert str(raised.value).startswith(reason)


def test_what_runs_once_is_found_in_what_mypyc_writes(tmp_path: Path) -> None:
    source = tmp_path / "x.c"
    body = "    CPy_DECREF(x);\n}\n"
    signatures = (
        "char CPyDef_a___b_____top_level__(void) {\n",
        "static int CPyExec_a___b__impl(PyObject *module)\n{\n",
        "char CPyDef_a___f(void) {\n",
    )
    source.write_text("".join(signature + body for signature in signatures))
    hatch_build.mark_what_runs_once(source)
    top, execute, other = signatures
    small = "    CPy_DecRef(x);\n}\n"
    assert source.read_text() == (
        f"{hatch_build.ONCE}RUNS_ONCE {top}{small}RUNS_ONCE {execute}{small}{other}{body}"
    )


@pytest.mark.parametrize(
    ("text", "taken"), [("#!/bin/sh\n", hatch_build.OPTIONS_IF_TAKEN), (FAILING, [])]
)
def test_a_compiler_gets_no_option_that_it_does_not_take(
    tmp_path: Path, text: str, taken: list[str]
) -> None:
    compiler = tmp_path / "cc"
    compiler.write_text(text)
    compiler.chmod(0o755)
    assert hatch_build.taken_options([str(compiler)]) == taken


@pytest.mark.parametrize(
    ("library", "packed"),
    [
        (("glibc", "2.36"), True),
        (("glibc", "2.41.9000"), True),
        (("glibc", "2.31"), False),
        (("musl", "1.2.5"), False),
        (("", ""), False),
    ],
)
def test_relocations_are_packed_for_a_loader_that_knows_them(
    monkeypatch: pytest.MonkeyPatch, library: tuple[str, str], packed: bool
) -> None:
    monkeypatch.setattr("platform.libc_ver", lambda: library)
    assert (hatch_build.PACKED_RELOCATIONS in hatch_build.library_linker_options()) == packed
