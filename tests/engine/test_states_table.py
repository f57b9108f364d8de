"""The table of arrows: complete, total, reachable, drawn, and the documentation made from it."""

from collections import Counter
from itertools import product

import pytest
from mypy_extensions import i64

from tcptui.engine.tcp_state import states, table
from tcptui.engine.tcp_state.states import (
    CHANGED,
    Certainty,
    State,
    StateShown,
    pack_states,
    states_shown,
)
from tcptui.engine.tcp_state.table import ARROWS, TRIGGERS, Arrow, Trigger, next_states
from tcptui.panes.state.diagram import EDGES

FIGURE_5 = """
CLOSED LISTEN · CLOSED SYN-SENT · LISTEN SYN-RECEIVED · LISTEN SYN-SENT · LISTEN CLOSED ·
SYN-SENT SYN-RECEIVED · SYN-SENT ESTABLISHED · SYN-SENT CLOSED ·
SYN-RECEIVED ESTABLISHED · SYN-RECEIVED FIN-WAIT-1 · SYN-RECEIVED LISTEN ·
ESTABLISHED FIN-WAIT-1 · ESTABLISHED CLOSE-WAIT · FIN-WAIT-1 FIN-WAIT-2 · FIN-WAIT-1 CLOSING ·
FIN-WAIT-1 TIME-WAIT · FIN-WAIT-2 TIME-WAIT · CLOSING TIME-WAIT · CLOSE-WAIT LAST-ACK ·
LAST-ACK CLOSED · TIME-WAIT CLOSED
"""
"""The arrows of RFC 9293, section 3.3.2; FIN-WAIT-1 to TIME-WAIT is its note 2."""


def pairs(arrows: list[Arrow]) -> set[tuple[str, str]]:
    return {(arrow.source.label, arrow.target.label) for arrow in arrows}


def test_every_arrow_of_the_rfc_is_there() -> None:
    figure = {tuple(pair.split()) for pair in FIGURE_5.split("·")}
    assert figure <= pairs(list(ARROWS))


def test_no_arrow_leaves_a_state_twice_for_one_trigger() -> None:
    assert max(Counter((arrow.source, arrow.trigger) for arrow in ARROWS).values()) == 1


@pytest.mark.parametrize(("state", "trigger"), list(product(State, Trigger)))
def test_every_pair_has_a_next_state(state: State, trigger: Trigger) -> None:
    """Where the table has no arrow the state stays."""
    arrows = {(arrow.source, arrow.trigger): arrow.target for arrow in ARROWS}
    following = State(int(next_states()[state * TRIGGERS + trigger]))
    assert following == arrows.get((state, trigger), state)


def test_every_state_is_reachable_and_leads_back_to_closed() -> None:
    forward = [(arrow.source, arrow.target) for arrow in ARROWS]
    backward = [(target, source) for source, target in forward]
    for arrows in (forward, backward):
        reached = {State.CLOSED}
        for _ in State:
            reached |= {target for source, target in arrows if source in reached}
        assert reached == set(State)


def test_every_arrow_of_the_picture_is_drawn_and_every_drawn_one_is_in_the_table() -> None:
    drawn = {(edge.before.label, edge.after.label) for edge in EDGES}
    assert drawn == pairs([arrow for arrow in ARROWS if arrow.drawn])


@pytest.mark.parametrize("arrow", ARROWS, ids=lambda arrow: arrow.label)
def test_an_arrow_explains_itself(arrow: Arrow) -> None:
    assert arrow.sentence.endswith(".")
    assert 0 < len(arrow.label) <= 22
    assert arrow.section.startswith("3.")


@pytest.mark.parametrize("member", [*State, *Certainty])
def test_numbers_in_compiled_code_are_those_of_the_states(member: State | Certainty) -> None:
    assert getattr(states, member.name) == member.value


@pytest.mark.parametrize("trigger", Trigger)
def test_numbers_in_compiled_code_are_those_of_the_triggers(trigger: Trigger) -> None:
    assert getattr(table, trigger.name) == trigger.value
    assert trigger.label


@pytest.mark.parametrize(("state", "certainty"), list(product(State, Certainty)))
def test_what_is_packed_comes_out_again(state: State, certainty: Certainty) -> None:
    """Another state stands on the other side, so that the two cannot be mixed up."""
    client = StateShown(state, certainty)
    for server in (StateShown(State.SYN_SENT, Certainty.SEEN), StateShown(State(5), Certainty(1))):
        packed = int(pack_states(i64(client[0]), i64(server[0]), i64(client[1]), i64(server[1])))
        assert 0 <= packed < CHANGED
        assert states_shown(packed) == (client, server)
        assert states_shown(packed | CHANGED) == (client, server)
