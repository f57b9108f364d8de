"""What the first pages of the documentation say is true: their commands work, their quotations are
what the program prints, their links lead somewhere."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tcptui.cli.parser import parse

ROOT = Path(__file__).parents[2]
GUIDES = ("first-triage", "recipes")
PAGES = [*sorted((ROOT / "docs").glob("*.md")), *ROOT.glob("*.md"), ROOT / "samples/README.md"]


def text_of(guide: str) -> str:
    return (ROOT / "docs" / f"{guide}.md").read_text("utf-8")


def commands(guide: str) -> Iterator[str]:
    """Yield each call of tcptui in a page's code, without what stands before or behind a pipe."""
    for line in re.findall(r"^    (.+)$", text_of(guide), re.M):
        for part in re.split(r" [|>] ", line):
            if re.match(r"tcptui( |$)", part):
                yield part


@pytest.mark.parametrize("command", [line for guide in GUIDES for line in commands(guide)])
def test_a_command_is_one(command: str) -> None:
    assert parse(shlex.split(command)[1:]).command


@pytest.mark.parametrize("command", list(commands("first-triage")))
def test_a_first_command_runs(command: str) -> None:
    words = [sys.executable, "-m", "tcptui", *shlex.split(command)[1:]]
    run = subprocess.run(
        words, cwd=ROOT, capture_output=True, check=False, stdin=subprocess.DEVNULL
    )
    assert (run.returncode, run.stderr) == (0, b"")
    assert run.stdout


CHANGES = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")
"""The kinds of changes of Keep a Changelog, in its order."""


def test_the_changelog_keeps_its_form() -> None:
    """Releases with their dates, the newest first, and in each the kinds of changes in order."""
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert not re.search(r"^(<{7}|={7}|>{7})", text, re.M)  # left by a merge
    first, *releases = re.findall(r"^## (.+)$", text, re.M)
    assert first == "[Unreleased]"
    dates = [re.fullmatch(r"\[\d+\.\d+\.\d+\] - (\d{4}-\d\d-\d\d)", one) for one in releases]
    told = [date[1] for date in dates if date is not None]
    assert len(told) == len(releases)
    assert told == sorted(told, reverse=True)
    for part in re.split(r"^## ", text, flags=re.M)[1:]:
        kinds = re.findall(r"^### (.+)$", part, re.M)
        assert kinds == [kind for kind in CHANGES if kind in kinds]
        assert all(re.findall(r"^- ", one, re.M) for one in part.split("\n### ")[1:])


def test_quotations_are_what_the_program_says() -> None:
    quoted = [
        " ".join(block.replace("\n> ", " ").removeprefix("> ").split())
        for block in re.findall(r"(?:^> .*\n)+", text_of("first-triage"), re.M)
    ]
    words = ["report samples/web-loss.pcapng --format md", "explain samples/web-loss.pcapng 196"]
    said = "".join(
        subprocess.run(
            [sys.executable, "-m", "tcptui", *line.split()],
            cwd=ROOT, capture_output=True, check=True, text=True,
        ).stdout
        for line in words
    )  # fmt: skip
    assert len(quoted) == 2
    said = " ".join(said.replace("### ", "").split())
    assert [quote for quote in quoted if quote.split(": ", 1)[1] not in said] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text("utf-8"))
    inside = [link for link in links if "://" not in link and not link.startswith("mailto:")]
    assert [link for link in inside if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", ["architecture", "decoding"])
def test_the_modules_of_a_page_are_there(page: str) -> None:
    folders = ("tcptui", "tests", "docs", "samples", "benchmarks")
    found = [one for folder in folders for one in (ROOT / folder).rglob("*.py")]
    paths = [f"/{one.relative_to(ROOT)}" for one in (*found, *ROOT.glob("*.py"))]
    named = set(re.findall(r"`([\w/]+\.py)`", text_of(page)))
    assert [name for name in named if not any(path.endswith(f"/{name}") for path in paths)] == []


@pytest.mark.build
def test_the_site_is_built_without_a_warning(tmp_path: Path) -> None:
    """Its links and anchors lead somewhere, and no page is missing from its contents."""
    pytest.importorskip("mkdocs", reason="the site needs the extra: pip install '.[docs]'")
    words = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path)]
    run = subprocess.run(words, cwd=ROOT, capture_output=True, check=False, text=True)
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "first-triage" / "index.html").exists()
