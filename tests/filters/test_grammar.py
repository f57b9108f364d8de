"""The grammar: which parts a filter has, and what is said where a word does not fit."""

import pytest

from tcptui.filters.filter_error import FilterError
from tcptui.filters.grammar import parse_tree
from tcptui.filters.syntax import Alone, Among, Both, Computed, Either, Named, Negated, Related
from tcptui.filters.tokens import TEST, VALUE, token_at


def test_and_binds_closer_than_or() -> None:
    tree = parse_tree("a or b and !c or d")
    assert isinstance(tree, Either)
    assert [type(side) for side in tree.sides] == [Alone, Both, Alone]
    both = tree.sides[1]
    assert isinstance(both, Both)
    assert isinstance(both.sides[1], Negated)


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [("a + b * c", "+", "*"), ("a * b + c", "+", "*"), ("a & b + c", "&", "+"),
     ("a - b - c", "-", "-"), ("a * {b + c}", "*", "+")],
)  # fmt: skip
def test_what_computes_first(text: str, first: str, second: str) -> None:
    tree = parse_tree(text)
    assert isinstance(tree, Alone)
    outer = tree.operand
    assert isinstance(outer, Computed)
    inner = next(one for one in (outer.left, outer.right) if isinstance(one, Computed))
    assert (outer.sign, inner.sign) == (first, second)


def test_a_chain_is_one_comparison() -> None:
    tree = parse_tree("any 1 < a <= b")
    assert isinstance(tree, Related)
    assert [sign for sign, _ in tree.others] == ["<", "<="]
    assert tree.quantifier == "any"


def test_sets_have_values_and_ranges() -> None:
    tree = parse_tree('a not in {1, 2..3, "x",}')
    assert isinstance(tree, Negated)
    assert isinstance(tree.test, Among)
    assert tree.test.ranges == [("1", None), ("2", "3"), ('"x"', None)]


@pytest.mark.parametrize(
    ("text", "place", "kind", "word"),
    [
        ("not", TEST, "NOT", "not"),
        ("not", VALUE, "WORD", "not"),
        (" in.a", TEST, "WORD", "in.a"),
        ("-1", VALUE, "WORD", "-1"),
        ("80..90", VALUE, "WORD", "80"),
        ('r"\\d"', VALUE, "STRING", 'r"\\d"'),
        ("2024-05-01T00:00:00+02:00", VALUE, "WORD", "2024-05-01T00:00:00+02:00"),
    ],
)
def test_a_word_is_what_fits_at_its_place(
    text: str, place: tuple[str, ...], kind: str, word: str
) -> None:
    token = token_at(text, 0, place)
    assert (token.kind, token) == (kind, word)
    assert text[token.start : token.end] == word


def test_a_word_behind_a_field_is_an_operator() -> None:
    tree = parse_tree("a -1")
    assert isinstance(tree, Alone)
    assert isinstance(tree.operand, Computed)
    assert isinstance(parse_tree("a-1"), Alone)
    assert parse_tree("a-1") == Alone(Named(None, token_at("a-1", 0, TEST), None, None))


COMPARISON = "a comparison (==, !=, <, >, in, contains, matches)"
FIELD = "a field (tcp.port, ip.addr, flow.state …)"


@pytest.mark.parametrize(
    ("text", "column", "what"),
    [
        (")", 1, f") does not fit here: expected {FIELD}, {{ or the end"),
        ("a and ", 6, f"the filter ends here: expected {FIELD} or {{"),
        ("a b", 3, f"b does not fit here: expected {COMPARISON}, and, or or the end"),
        ("a == 1)", 7, ") does not fit here: expected and, or or the end"),
        ("(a == 1", 8, "the filter ends here: expected and, or or )"),
        ("any a", 6, f"the filter ends here: expected {COMPARISON}"),
        ("a not b", 7, "b does not fit here: expected in"),
        ("a in 1", 6, "1 does not fit here: expected {"),
        ("a in {1 2}", 9, "2 does not fit here: expected } or ,"),
        ("a in {}", 7, "} does not fit here: expected a value"),
        ("{a + 1", 7, "the filter ends here: expected } or ,"),
        ("len(a", 6, "the filter ends here: expected )"),
        ("@==", 2, "== does not fit here: expected a field"),
        ("a = 1", 3, "= is not a comparison: expected =="),
        ("a == ${b}", 6, "references to the selected packet and macros are Wireshark's alone"),
    ],
)
def test_what_does_not_fit_is_told(text: str, column: int, what: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse_tree(text)
    assert (caught.value.column, caught.value.what) == (column, what)


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("!" * 65 + "a", 65, "nested too deeply"),
        ("(" * 65 + "a" + ")" * 65, 65, "nested too deeply"),
        ("{" * 65 + "a" + "}" * 65, 65, "computes too much"),
        ("len(" * 65 + "a" + ")" * 65, 257, "computes too much"),
    ],
)
def test_nesting_has_an_end(text: str, column: int, words: str) -> None:
    with pytest.raises(FilterError, match=words) as caught:
        parse_tree(text)
    assert caught.value.column == column
