"""The journal of cases: those of one flow, where there are few entries and where there are many."""

import random

import pytest
from hypothesis import given, settings
from mypy_extensions import i64

from tcptui.engine.ledger import FEW, Journal, LedgerKind
from tcptui.engine.packets import NO_ROW
from tcptui.engine.timing.lookback import rows_of_flow
from tests.engine.feeding import analysed
from tests.engine.test_states_fuzz import Story, packets, stories

FLOWS = 40


@pytest.mark.parametrize("entries", [FEW // 2, 4 * FEW])
def test_the_cases_of_one_flow(entries: int) -> None:
    chance = random.Random(entries)
    journal = Journal()
    told = [(chance.randrange(FLOWS), 3 * row, row % 2, row * 10) for row in range(entries)]
    for number, (flow, row, side, cost) in enumerate(told):
        journal.add_case(flow, row, row - 1, int(LedgerKind.STALL_RTO), side, cost)
        if number in (entries // 2, entries - FEW // 4):  # what comes later is found too
            journal.of_flow(i64(0), i64(0), i64(row), i64(5))
    for flow in range(FLOWS + 2):
        for first, last, most in ((0, 3 * entries, 1000), (entries, 2 * entries, 3)):
            wanted = [
                (row, row - 1, side, cost)
                for number, row, side, cost in told
                if number == flow and first <= row <= last
            ][:most]
            cases = journal.of_flow(i64(flow), i64(first), i64(last), i64(most))
            assert [(one.row, one.before, one.side, one.cost) for one in cases] == wanted


def test_nothing_of_what_was_forgotten_is_found() -> None:
    journal = Journal()
    for row in range(4 * FEW):
        journal.add_case(row % 2, row, row - 2, int(LedgerKind.STALL_RTO), 0, 1)
    assert len(journal.of_flow(i64(1), i64(0), i64(4 * FEW), i64(9999))) == 2 * FEW
    journal.forget_cases(i64(3 * FEW))
    found = journal.of_flow(i64(1), i64(0), i64(4 * FEW), i64(9999))
    rows = range(2 * FEW + 1, 4 * FEW, 2)
    assert [(one.row, one.before) for one in found] == [(row, row - 2) for row in rows]


@settings(max_examples=100, deadline=None)
@given(stories)
def test_the_row_before_a_case_is_the_last_one_of_its_flow(story: Story) -> None:
    engine = analysed(packets(story))
    journal = engine.time_accounting.journal
    for case in range(len(journal)):
        flow, row = journal.flow[case], journal.row[case]
        before = [NO_ROW, *rows_of_flow(engine.packets, i64(flow), i64(0), i64(row))]
        assert journal.before[case] == before[-1]
