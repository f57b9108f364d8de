"""The grammar of filters is a subset of Wireshark 4.0's display filters.

Parsing gives a tree of :mod:`lark`, which only this module knows; see ``language.py`` for what
becomes of it.
"""

from functools import cache
from typing import Final

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken

from tcptui.filters.filter_error import FilterError

GRAMMAR: Final = r"""
?start: either | -> everything

?either: both | either OR both
?both: negation | both AND negation
?negation: test | NOT negation -> negated
?test: comparison | "(" either ")" -> grouped

comparison: [QUANTIFIER] masked (RELATION masked)+    -> relation
          | [QUANTIFIER] masked IN set                -> among
          | [QUANTIFIER] masked NOT IN set            -> not_among
          | [QUANTIFIER] masked CONTAINS masked       -> contains
          | [QUANTIFIER] masked MATCHES masked        -> matches
          | masked                                    -> present

?masked: sum | masked MASK sum -> arithmetic
?sum: product | sum SIGN product -> arithmetic
?product: atom | product FACTOR atom -> arithmetic
?atom: operand | "{" masked "}"
operand: [RAW] WORD [LAYERS] [SLICE] -> named
       | WORD "(" masked ("," masked)* ")" [SLICE] -> function
       | STRING -> text
       | CHARACTER -> text

set: "{" range ("," range)* ","? "}"
range: value [".." value]
value: WORD | STRING | CHARACTER

OR.2: /or(?![\w.])|\|\|/
AND.2: /and(?![\w.])|&&/
NOT.2: /not(?![\w.])|!(?!=)/
IN.2: /in(?![\w.])/
CONTAINS.2: /contains(?![\w.])/
MATCHES.2: /matches(?![\w.])|~(?!=)/
QUANTIFIER.2: /(any|all)(?![\w.])/
RELATION.2: /===|!==|==|!=|~=|<=|>=|<|>|((any|all)_)?(eq|ne)(?![\w.])|[lg][te](?![\w.])/

STRING.2: /[rR]?"(?:[^"\\]|\\.)*"/s
CHARACTER.2: /'(?:[^'\\]|\\x[0-9a-fA-F]{1,2}|\\[0-7]{1,3}|\\.)'/
MASK: /&(?!&)|bitwise_and(?![\w.])/
SIGN: /[+-]/
FACTOR: /[*\/%]/
RAW: "@"
LAYERS: /#\s*(?:\d+|\[[^\]\[]*\])/
SLICE: /\[[^\]\[]*\]/
WORD: /(?:[\w:\/%-]|\.(?!\.)|(?<=\d)\+(?=\d\d:?\d\d))+/

%ignore /\s+/
"""

EXPECTED: Final = (
    ("RELATION", "a comparison (==, !=, <, >, in, contains, matches)"),
    ("OR", "and, or"),
    ("STRING", "a value"),
    ("QUANTIFIER", "a field (tcp.port, ip.addr, flow.state …)"),
    ("WORD", "a number"),
    ("LBRACE", "{"),
    ("RBRACE", "} or ,"),
    ("IN", "in"),
    ("RPAR", ")"),
    ("$END", "the end"),
)
"""The terminals of the grammar in words, the most telling first; a field and a value are WORDs."""

IMPLIED: Final = {"QUANTIFIER": "WORD", "RELATION": "IN"}
"""What need not be mentioned beside another terminal."""


@cache
def parser() -> Lark:
    return Lark(GRAMMAR, parser="lalr", maybe_placeholders=True)


def parse_tree(source: str) -> Tree[Token]:
    """Return the tree of a filter. Raises FilterError, which says where and what was expected."""
    try:
        return parser().parse(source)
    except UnexpectedToken as error:
        at_end = error.token.type == "$END"
        column = len(source.rstrip()) + 1 if at_end else (error.token.start_pos or 0) + 1
        found = "the filter ends here" if at_end else f"{error.token} does not fit here"
        what = f"{found}: expected {expected(error.accepts or error.expected)}"
        raise FilterError(what, source, column, 1 if at_end else len(error.token)) from None
    except UnexpectedCharacters as error:
        column = error.pos_in_stream + 1  # type: ignore[operator]
        raise FilterError(stray(source[column - 1 :]), source, column) from None
    except (UnexpectedEOF, UnexpectedInput):
        raise FilterError("the filter is incomplete", source, len(source) + 1) from None


def stray(rest: str) -> str:
    """Return what to say about text that is not a word of the language."""
    if rest[0] == "=":
        return "= is not a comparison: expected =="
    if rest[0] in "\"'":
        return f"this text has no closing {rest[0]}"
    if rest[0] == "[":
        return "this slice has no closing ]"
    if rest[0] == "$":
        return "references to the selected packet and macros are Wireshark's alone"
    return f"{rest[0]} does not fit here"


def expected(terminals: set[str]) -> str:
    """Return what may come next, in words."""
    if "STRING" in terminals and "NOT" not in terminals:
        return "a value"
    terminals = terminals - {"STRING"} if "NOT" in terminals else terminals
    spoken = [name for name, _ in EXPECTED if name in terminals]
    implied = [IMPLIED[name] for name in spoken if name in IMPLIED]
    words = [words for name, words in EXPECTED if name in spoken and name not in implied]
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
