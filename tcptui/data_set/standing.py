"""Says how far up the flows of a file stand: what was cut or not answered first, then by what it
cost, then by the verdict, as in the list of a capture."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from tcptui.engine.wireshark.flags import Severity
from tcptui.findings.finding import CLOSE
from tcptui.findings.flow_groups import NEVER_OPENED
from tcptui.findings.judgement import CUT_BIT, MOST_COST
from tcptui.findings.kinds import FINDING_KINDS
from tcptui.findings.verdict import VERDICTS, Verdict

STANDING_COLUMNS: Final = ("verdict", "cost_ns", "opening", "findings", "waited_in_vain_for")
CUTTING: Final = [
    kind
    for kind, about in FINDING_KINDS.items()
    if about.is_cut and (about.vain is None or about.severity is Severity.ERROR)
]
"""Kinds that cut a flow whenever they are found. Others may be no more than notes, and cut it where
somebody waited in vain."""
OPENING_WORDS: Final = [one.label for one in NEVER_OPENED]


class FileStanding(NamedTuple):
    """Says of each flow how far up it stands, the worst the highest, and whether it failed: was
    refused, not answered or cut."""

    standing: Any
    failed: Any


def standing_of(columns: Mapping[str, Any]) -> FileStanding:
    """Return where flows stand, by their columns."""
    cost = pc.fill_null(columns["cost_ns"], 0)
    cost = pc.max_element_wise(pc.min_element_wise(cost, int(MOST_COST)), 0)
    standing = pc.multiply(cost, len(VERDICTS))
    rank = pc.fill_null(columns["verdict"].indices.cast(pa.int64()), 0)
    standing = pc.add(standing, rank)
    cut = cut_of(columns)
    failed = pc.or_(cut, word_is(columns["opening"], OPENING_WORDS))
    return FileStanding(pc.if_else(cut, pc.add(standing, int(CUT_BIT)), standing), failed)


def cut_of(columns: Mapping[str, Any]) -> Any:
    """Return which flows were cut, or whose request nobody answered."""
    troubled = word_is(columns["verdict"], [Verdict.TROUBLE.label])
    vain = columns["waited_in_vain_for"]
    in_vain = pc.and_(pc.is_valid(vain), pc.invert(word_is(vain, [CLOSE])))
    return pc.and_(troubled, pc.or_(in_vain, has_any(columns["findings"], CUTTING)))


def word_is(column: Any, words: list[str]) -> Any:
    """Return which rows have one of these words."""
    fits = pc.is_in(column.dictionary, value_set=pa.array(words, pa.string()))
    return pc.fill_null(fits.take(column.indices), fill_value=False)


def has_any(lists: Any, words: list[str]) -> Any:
    """Return which rows have one of these words in their lists."""
    return rows_with(lists, pc.is_in(lists.flatten(), value_set=pa.array(words, pa.string())))


def rows_with(lists: Any, fits: Any) -> Any:
    """Return which rows have a value in their lists that fits, of all values after each other."""
    found = pc.list_parent_indices(lists).filter(fits)
    every = pc.indices_nonzero(pa.repeat(pa.scalar(value=True), len(lists)))
    return pc.is_in(every, value_set=found.cast(every.type))
