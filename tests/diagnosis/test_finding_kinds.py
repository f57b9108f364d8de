"""The table of finding kinds: whole, and all there is to add to for a new kind."""

from collections.abc import Iterator
from typing import Final

import pytest

from tcptui.engine.flow import Flow
from tcptui.engine.ledger import FIRST_OF_PROOFS, FIRST_OF_STATES, LedgerEntry, LedgerKind
from tcptui.engine.wireshark.flags import Severity
from tcptui.findings.finding import FindingKind
from tcptui.findings.findings import findings_of
from tcptui.findings.kinds import COUNTED_BY_TIMING, DETECTED, FINDING_KINDS, ROWS, add_finding_kind
from tests.diagnosis.causes import engine_of

MEANING: Final = "the flow was looked at for this test"
LOST: Final = """
    100 A PA    1 1 64000 1000
    400 A PA    1 1 64000 1000
    420 B A     1 1001 64000 0
"""


@pytest.fixture
def same_table() -> Iterator[None]:
    """What a test puts into the table goes again."""
    kinds, detected = dict(FINDING_KINDS), list(DETECTED.kinds)
    yield
    FINDING_KINDS.clear()
    FINDING_KINDS.update(kinds)
    DETECTED.kinds[:] = detected


def toy_text(_flow: Flow, entry: LedgerEntry) -> str:
    return f"a toy, {entry.count} times"


def test_kinds_have_names_of_their_own() -> None:
    assert len(FINDING_KINDS) == len(ROWS)


def test_what_the_engine_counts_is_what_the_table_has_words_for() -> None:
    """But for the wait before a handshake's retry, of which `stall_syn_retry` tells."""
    counted = {kind.name.lower() for kind in LedgerKind} - {"handshake_retry"}
    detected = {kind.name for kind in ROWS if kind.is_only_detected}
    assert counted - detected == {kind.name for kind in ROWS} - detected


def test_what_timing_counts_stands_first() -> None:
    timing = {
        kind.name.lower()
        for kind in LedgerKind
        if kind < FIRST_OF_STATES or kind >= FIRST_OF_PROOFS
    }
    first = {kind.name for kind in ROWS if kind.order == COUNTED_BY_TIMING}
    assert timing - first == {"handshake_retry"}
    assert first <= timing


def test_what_the_engine_counts_is_told_by_its_row(same_table: None) -> None:
    row = FindingKind("loss_after_capture", Severity.CHAT, MEANING, toy_text)
    add_finding_kind(row)
    engine = engine_of(LOST)
    found = {one.kind: one for one in findings_of(engine, engine.flows[0])}[row.name]
    assert (found.severity, found.text, found.cost) == ("chat", "a toy, 1 times", None)
