"""The README's pictures show the program as it is."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from docs.pictures.draw import HERE, SCENES, Scene, draw

ROOT = Path(__file__).parents[2]
LARGEST = 150_000


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
async def test_pictures_are_not_stale(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Written anew by ``python -m docs.pictures.draw``."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    there = (HERE / f"{scene.name}.svg").read_text("utf-8")
    assert await draw(scene) == there, "run docs.pictures.draw and look at them"


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_pictures_stand_alone(scene: Scene) -> None:
    text = (HERE / f"{scene.name}.svg").read_text("utf-8")
    assert len(text) < LARGEST
    root = ElementTree.fromstring(text)
    assert root.tag.endswith("svg")
    assert not re.search(r"url\(|@import|href|<image|<script|<style", text)


def test_the_readme_shows_each_picture() -> None:
    shown = re.findall(r"\]\((docs/pictures/[^)]+)\)", (ROOT / "README.md").read_text("utf-8"))
    assert sorted(shown) == sorted(f"docs/pictures/{scene.name}.svg" for scene in SCENES)
