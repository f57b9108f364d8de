"""`tcptui OUT`, where OUT is the data set of a sweep; its screen has tests of its own."""

import sys
from pathlib import Path
from typing import Any

import pytest

from tcptui.capture.errors import CaptureError
from tcptui.cli.browse import LazyFetcher
from tcptui.data_set.swept import SweptCapture
from tests.cli.running import run

MANIFEST = '{"rules": "4.6", "options": {"sources": []}, "captures": []}'


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A data set without captures."""
    (tmp_path / "manifest.json").write_text(MANIFEST)
    return tmp_path


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let stdout pass for a terminal."""
    monkeypatch.setattr("tcptui.cli.browse.is_terminal", lambda: True)


def test_without_a_terminal_the_line_says_who_else_reads_it(out: Path) -> None:
    code, stdout, stderr = run(str(out))
    assert (code, stdout) == (2, b"")
    assert f"{out} is the data set of a sweep, which a terminal shows" in stderr
    assert stderr.count("\n") == 1


@pytest.mark.usefixtures("terminal")
def test_without_the_extra_the_line_says_what_to_install(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    said = "tcptui: a data set needs pyarrow: pip install 'tcptui[data]'\n"
    assert run(str(out)) == (2, b"", said)


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["-Y", "tcp.port == 80"], "/ filters it on the screen"),
        (["-r", "{out}", "port", "80"], "/ filters it on the screen"),
        (["-w", "x.pcap"], "-w, -c, --follow are for captures"),
        (["-c", "3"], "-w, -c, --follow are for captures"),
        (["--follow"], "-w, -c, --follow are for captures"),
    ],
)
def test_what_is_for_captures_is_refused(options: list[str], said: str, out: Path) -> None:
    pytest.importorskip("pyarrow")
    words = [one.format(out=out) for one in options]
    code, _, stderr = run(*words, *([] if "-r" in words else [str(out)]))
    assert code == 2
    assert said in stderr


@pytest.mark.usefixtures("terminal")
def test_a_manifest_that_is_none_cannot_be_read(out: Path) -> None:
    pytest.importorskip("pyarrow")
    (out / "manifest.json").write_text("\x1b[2J")
    code, _, stderr = run(str(out))
    assert code == 3
    assert "this is not the manifest of a sweep; sweep the captures again" in stderr


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize(("options", "rules"), [([], "4.4"), (["--rules", "4.0"], "4.0")])
def test_captures_are_analysed_as_they_were_swept(
    options: list[str], rules: str, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pyarrow")
    (out / "manifest.json").write_text(MANIFEST.replace("4.6", "4.4"))
    seen: list[Any] = []

    def show(swept: object, roots: list[str], fetch: object, captures: Any, **look: bool) -> int:
        seen.extend([roots, captures.rules.name])
        return 0

    monkeypatch.setattr("tcptui.cli.screen.prepare_terminal", lambda request: lambda: (0, 0))
    monkeypatch.setattr("tcptui.browse_app.run", show)
    assert run(str(out), "--root", str(out), *options)[0] == 0
    assert seen == [[str(out.resolve())], rules]


@pytest.mark.usefixtures("terminal")
def test_captures_are_shown_as_is_asked_for(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyarrow")
    seen: list[Any] = []

    def show(app: Any, preferences: Any) -> int:
        seen.extend([app.look.numeric, preferences.time])
        return 0

    monkeypatch.setattr("tcptui.cli.screen.prepare_terminal", lambda request: lambda: (0, 0))
    monkeypatch.setattr("tcptui.browse_app.run_app", show)
    assert run(str(out), "-n", "-tttt")[0] == 0
    assert seen == [True, "date"]


def test_a_folder_without_a_manifest_is_a_folder(tmp_path: Path) -> None:
    code, _, stderr = run(str(tmp_path))
    assert code == 3
    assert "is a directory" in stderr


def test_what_fetches_captures_is_named_where_it_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "fsspec", None)
    fetcher = LazyFetcher(None)
    with pytest.raises(CaptureError, match="fetching a capture needs fsspec: pip install 'tcptui"):
        fetcher.fetch(SweptCapture("s3://bucket/a.pcap", 1, None, None, ""))
    fetcher.close()
