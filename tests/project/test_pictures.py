"""The README's pictures show the program as it is."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from docs.pictures.draw import HERE, SCENES, Scene, draw
from docs.pictures.recording import NAME, STEPS, draw_recording

ROOT = Path(__file__).parents[2]
LARGEST = 150_000


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
async def test_pictures_are_not_stale(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Written anew by ``python -m docs.pictures.draw``."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    there = (HERE / f"{scene.name}.svg").read_text("utf-8")
    assert await draw(scene) == there, "run docs.pictures.draw and look at them"


async def test_the_recording_is_not_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    """Written anew by ``python -m docs.pictures.recording``."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    there = (HERE / f"{NAME}.svg").read_text("utf-8")
    assert await draw_recording() == there, "run docs.pictures.recording and look at it"


def test_each_step_of_the_recording_is_seen_once() -> None:
    """Each screen differs from the others, and each caption is shown while its screen is."""
    root = ElementTree.fromstring((HERE / f"{NAME}.svg").read_text("utf-8"))
    shown: dict[str, list[str]] = {}
    for group in root.findall(".//{*}g"):
        animate = group.find("{*}animate")
        assert animate is not None
        for text in group.findall("{*}text"):
            shown.setdefault(text.text or "", []).append(animate.get("values") or "")
    for number, step in enumerate(STEPS):
        words = [word for word in step.caption.split("  ") if word]
        expected = ";".join("visible" if n == number else "hidden" for n in range(len(STEPS)))
        assert [word for word in words if expected in shown[word]] == words


@pytest.mark.parametrize("name", [*(scene.name for scene in SCENES), NAME])
def test_pictures_stand_alone(name: str) -> None:
    text = (HERE / f"{name}.svg").read_text("utf-8")
    assert len(text) < LARGEST
    root = ElementTree.fromstring(text)
    assert root.tag.endswith("svg")
    assert not re.search(r"url\(|@import|href|<image|<script|<style", text)


def test_the_readme_shows_each_picture() -> None:
    shown = re.findall(r"\]\((docs/pictures/[^)]+)\)", (ROOT / "README.md").read_text("utf-8"))
    names = [*(scene.name for scene in SCENES), NAME]
    assert sorted(shown) == sorted(f"docs/pictures/{name}.svg" for name in names)
