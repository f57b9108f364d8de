"""Pictures are valid XML, hold all text, and nothing of a capture gets out of its place."""

from xml.etree import ElementTree

import pytest

from tcptui.drawing.svg import CELL_HEIGHT, CELL_WIDTH, SHAPES, Ink, picture, pieces

NAMESPACE = "{http://www.w3.org/2000/svg}"
INK = Ink("#102030")


def drawn(*texts: str, ink: Ink = INK) -> ElementTree.Element:
    lines = [[(text, ink)] for text in texts]
    return ElementTree.fromstring(picture(lines, 40, "#ffffff", "a <title> & more"))


def texts_of(root: ElementTree.Element) -> list[str]:
    return [text.text or "" for text in root.iter(f"{NAMESPACE}text")]


@pytest.mark.parametrize(
    "text",
    [
        "plain words",
        "<script>alert(1)</script>",
        "]]>&amp;\"'",
        "</text></svg>",
        "straße 漢字 µs",
    ],
)
def test_text_comes_out_as_it_went_in(text: str) -> None:
    root = drawn(text)
    assert texts_of(root) == [text]
    assert {element.tag for element in root.iter()} == {
        NAMESPACE + name for name in ("svg", "title", "rect", "text")
    }
    assert root.findtext(f"{NAMESPACE}title") == "a <title> & more"


@pytest.mark.parametrize(
    "text", ["nul \0", "escape \x1b[2J", "half \ud800", "turn \u202e", "\uffff"]
)
def test_what_xml_forbids_is_replaced(text: str) -> None:
    (shown,) = texts_of(drawn(text))
    assert "\ufffd" in shown
    assert len(shown) == len(text)


def test_words_stand_in_their_cells() -> None:
    root = drawn("", "  12  +35 µs │── SYN 0 ──►│")
    found = {text.text: text for text in root.iter(f"{NAMESPACE}text")}
    assert list(found) == ["12", "+35 µs", "SYN 0"]
    assert found["+35 µs"].get("x") == str(6 * CELL_WIDTH)
    assert found["+35 µs"].get("textLength") == str(6 * CELL_WIDTH)
    assert CELL_HEIGHT < int(found["12"].get("y") or 0) < 2 * CELL_HEIGHT


@pytest.mark.parametrize("character", SHAPES)
def test_every_shape_is_drawn(character: str) -> None:
    root = drawn(character * 3)
    assert not texts_of(root)
    shapes = [e for e in root.iter() if INK.color in (e.get("fill"), e.get("stroke"))]
    assert len(shapes) == 1


@pytest.mark.parametrize("text", ["", "a", "a  b", "──► x  y │", "   ", " a   "])
def test_pieces_make_up_the_text(text: str) -> None:
    assert "".join(piece for _, piece in pieces(text)) == text


def test_grounds_and_faces() -> None:
    root = drawn("word", ink=Ink("#000000", "#ffff00", bold=True, italic=True))
    (text,) = root.iter(f"{NAMESPACE}text")
    assert (text.get("font-weight"), text.get("font-style")) == ("bold", "italic")
    assert [e.get("width") for e in root.iter() if e.get("fill") == "#ffff00"] == ["32"]
