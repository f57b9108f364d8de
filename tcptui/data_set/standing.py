"""Says how far up the flows of a file stand: what was cut or not answered first, then by what it
cost, then by the verdict, as in the list of a capture."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from tcptui.data_set.value_tests import one_of, rows_that_pass
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
    failed = pc.or_(cut, rows_that_pass(columns["opening"], one_of(OPENING_WORDS)))
    return FileStanding(pc.if_else(cut, pc.add(standing, int(CUT_BIT)), standing), failed)


def cut_of(columns: Mapping[str, Any]) -> Any:
    """Return which flows were cut, or whose request nobody answered."""
    troubled = rows_that_pass(columns["verdict"], one_of([Verdict.TROUBLE.label]))
    vain = columns["waited_in_vain_for"]
    in_vain = pc.and_(pc.is_valid(vain), pc.invert(rows_that_pass(vain, one_of([CLOSE]))))
    return pc.and_(troubled, pc.or_(in_vain, rows_that_pass(columns["findings"], one_of(CUTTING))))
