"""All JSON is what its schema in docs/schemas says, and nothing else."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from docs.pages.json_schemas import documents
from docs.pages.json_shapes import INTEGER, object_of, strict, word
from docs.pages.schema_pages import page, schema_text
from tests.cli.running import run

jsonschema: Any = pytest.importorskip("jsonschema", reason="pip install jsonschema")

ROOT: Final = Path(__file__).parents[2]
CASES: Final = ROOT.parent / "shared" / "cases"
CAPTURES: Final = [*sorted((ROOT / "samples").glob("*.pcapng")), *sorted(CASES.glob("*.pcap*"))]
SCHEMAS: Final = documents()
VALIDATORS: Final = {
    name: jsonschema.Draft202012Validator(strict(shape)) for name, shape in SCHEMAS.items()
}
FLAGGED: Final = 3
"""Of a capture so many frames are explained that have a flag, and as many others."""


def wrong(document: str, value: Any) -> list[str]:
    """What a JSON value has that its schema does not know, or lacks."""
    return [f"{one.json_path}: {one.message}" for one in VALIDATORS[document].iter_errors(value)]


def lines_of(*arguments: str) -> list[Any]:
    """The JSON that a command prints, one a line."""
    ended = run(*arguments)
    assert ended.code == 0, ended.stderr
    return [json.loads(line) for line in ended.stdout.splitlines()]


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_file_is_current(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMAS[name])
    found = (ROOT / "docs" / "schemas" / f"{name}.json").read_text(encoding="utf-8")
    assert found == schema_text(SCHEMAS[name]), "python -m docs.pages.schema_pages"


def test_the_page_is_current(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    found = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    assert found == page(), "python -m docs.pages.schema_pages"


@pytest.mark.parametrize(
    ("capture", "options"),
    [
        *((path, []) for path in CAPTURES),
        *((path, ["--evidence"]) for path in CAPTURES[::3]),
        *((path, ["--no-findings"]) for path in CAPTURES[::6]),
    ],
    ids=lambda value: value.name if isinstance(value, Path) else " ".join(value),
)
def test_report(capture: Path, options: list[str]) -> None:
    (whole,) = [json.loads(run("report", str(capture), *options).stdout)]
    assert wrong("report", whole) == []
    flows = lines_of("report", str(capture), "--format", "jsonl", *options)
    assert flows == whole["flows"]
    assert [error for one in flows for error in wrong("flow", one)] == []


@pytest.mark.parametrize("capture", CAPTURES[::3], ids=lambda path: path.name)
@pytest.mark.parametrize("by", ["pair", "port"])
def test_groups(capture: Path, by: str) -> None:
    whole = json.loads(run("report", str(capture), "--by", by).stdout)
    assert wrong("report-by", whole) == []


@pytest.mark.parametrize("capture", CAPTURES, ids=lambda path: path.name)
def test_packets(capture: Path) -> None:
    for one in lines_of("packets", str(capture), "--format", "json", "-c", "300"):
        assert wrong("packets", one) == []


def test_packets_with_every_field() -> None:
    names = SCHEMAS["packets"]["anyOf"][1]["properties"]
    asked = [word for name in names for word in ("-e", name)]
    capture = str(ROOT / "samples" / "web-loss.pcapng")
    lines = lines_of("packets", capture, "--format", "json", "--rules", "4.6", "-c", "40", *asked)
    assert list(lines[0]) == list(names)
    assert [error for one in lines for error in wrong("packets", one)] == []


def some_frames(capture: Path) -> Iterator[int]:
    """Frames of a capture: a few with flags, a few without."""
    rows = lines_of("packets", str(capture), "--format", "json")
    for flagged in (True, False):
        frames = [row["frame"] for row in rows if bool(row["analysis"]) is flagged]
        yield from sorted(set(frames))[:FLAGGED]


@pytest.mark.parametrize("capture", CAPTURES[::4], ids=lambda path: path.name)
def test_explain(capture: Path) -> None:
    for frame in some_frames(capture):
        asked = ("explain", str(capture), str(frame), "--format", "json")
        assert [error for one in lines_of(*asked) for error in wrong("explain", one)] == []
        told = lines_of(*asked, "--rules", "all")
        assert [error for one in told for error in wrong("explain-rules", one)] == []


def test_between() -> None:
    points = [str(ROOT / "samples" / f"both-ends-{end}.pcapng") for end in ("client", "server")]
    whole = json.loads(run("between", *points, "--format", "json").stdout)
    assert whole["flows"]
    assert wrong("between", whole) == []


def test_manifest(tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="sweeps need it: pip install '.[test]'")
    from tcptui.fleet.analysis import RunOutcome
    from tcptui.fleet.manifest import Manifest, SweepSettings
    from tcptui.fleet.outline import Outline
    from tcptui.fleet.sources import find_sources

    made = Manifest(SweepSettings("4.6", ""))
    made.begin(find_sources([str(ROOT / "samples")], "").sources)
    names = list(made.entries)
    outline = Outline(1, None, 1, "pcap", None, [])
    made.take(RunOutcome(names[0], [names[0]], ["flows/x.parquet"], outline))
    made.take(RunOutcome(names[1], [names[1]], [], None, "no capture"))
    made.save(tmp_path)
    assert wrong("manifest", json.loads((tmp_path / "manifest.json").read_text())) == []


@pytest.mark.parametrize(
    ("value", "is_right"),
    [
        ({"number": 1, "word": "a"}, True),
        ({"number": 1, "word": "a", "new": 2}, False),
        ({"number": 1, "word": "new"}, False),
        ({"number": 1}, False),
    ],
)
def test_strict_takes_nothing_new(value: object, is_right: bool) -> None:
    """What readers are to take as it comes, the tests do not let pass."""
    shape = object_of({"number": INTEGER, "word": word(["a"])})
    assert jsonschema.Draft202012Validator(strict(shape)).is_valid(value) is is_right
    assert jsonschema.Draft202012Validator(shape).is_valid(value) is (value != {"number": 1})
