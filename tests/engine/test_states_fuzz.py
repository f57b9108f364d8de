"""Whatever passes a tap, the state machines take it: nothing raises, and what is told holds."""

from hypothesis import given, settings
from hypothesis import strategies as st

from samples.packet_script import Host, Packet, parse_host, read_script
from tcptui.engine.engine import Engine
from tcptui.engine.tcp_state.outcome import closing, opening
from tcptui.engine.tcp_state.states import CHANGED, Certainty, State, states_shown
from tcptui.engine.tcp_state.timers import hang, timer
from tcptui.engine.tcp_state.zeek import conn_state, history
from tests.diagnosis.causes import state_findings
from tests.engine.feeding import analysed
from tests.engine.test_lifecycle_scripts import SCRIPTS

ENDS: tuple[Host, Host] = (parse_host("10.0.0.1:50000"), parse_host("10.0.0.2:80"))
Story = list[tuple[int, int, int, int, int, int, int, str]]
MASK32 = 0xFFFFFFFF
BASES = (0xFFFFFFF0, 7)
"""Initial sequence numbers: one wraps soon."""

numbers = st.one_of(st.integers(-2, 12), st.integers(0, MASK32))
flags = st.one_of(
    st.sampled_from([0x02, 0x12, 0x10, 0x18, 0x11, 0x14, 0x04]), st.integers(0, 0x1FF)
)
segments = st.tuples(
    st.integers(0, 1),  # who
    flags,
    numbers,  # sequence number, from the sender's base
    numbers,  # acknowledgment, from the receiver's base
    st.sampled_from([0, 1, 500, 65535]),  # window
    st.sampled_from([0, 0, 0, 1, 5]),  # payload
    st.sampled_from([0, 1_000, 10**6, 10**9, 61 * 10**9]),  # ns since the one before
    st.sampled_from(["64", "64", "64", "250"]),  # TTL
)
stories = st.lists(segments, min_size=1, max_size=30)


def packets(story: Story) -> list[Packet]:
    made = []
    time = 10**18
    for who, bits, seq, ack, window, size, later, ttl in story:
        time += later
        raw_seq = (BASES[who] + seq) & MASK32
        raw_ack = (BASES[1 - who] + ack) & MASK32
        ends = ENDS[who], ENDS[1 - who]
        ip = {"ttl": ttl, "id": "1"}
        made.append(
            Packet(time, *ends, bits, raw_seq, raw_ack, window, b"." * size, b"", ip, "", None)
        )
    return made


def rows(engine: Engine) -> list[int]:
    return [int(engine.packets.states(row)) for row in range(int(engine.packets.count))]


@settings(max_examples=150, deadline=None)
@given(stories)
def test_nothing_raises_and_everything_can_be_told(
    story: Story,
) -> None:
    engine = analysed(packets(story))
    for flow in engine.flows:
        assert opening(flow).label
        assert closing(flow).label
        assert conn_state(flow)
        assert set(history(flow)) <= set("^SHADFRWTGIQshadfrwtgiq")
        timer(flow, engine.last_time)
        hang(flow)
        for finding in state_findings(engine, flow):
            assert finding.text
            assert finding.first_frame <= finding.last_frame
    for packed in rows(engine):
        assert all(shown.state.label and shown.certainty.label for shown in states_shown(packed))


@settings(max_examples=100, deadline=None)
@given(stories, st.integers(0, 30))
def test_rows_do_not_depend_on_what_follows(story: Story, cut: int) -> None:
    made = packets(story)
    assert rows(analysed(made[:cut]))[:cut] == rows(analysed(made))[:cut]


@settings(max_examples=100, deadline=None)
@given(stories)
def test_changes_are_marked(story: Story) -> None:
    engine = analysed(packets(story))
    before: dict[int, int] = {}
    for row, packed in enumerate(rows(engine)):
        flow = int(engine.packets.flow(row))
        state = packed & ~CHANGED
        assert bool(packed & CHANGED) == (state != before.get(flow, 0))
        before[flow] = state


def test_every_state_can_be_seen_by_a_tap() -> None:
    """The scripts beside this test show all but LISTEN, which nothing proves, as `seen`."""
    seen = set()
    for path in SCRIPTS:
        for packed in rows(analysed(read_script(path).packets)):
            shown = states_shown(packed)
            seen |= {state for state, certainty in shown if certainty is Certainty.SEEN}
    assert seen == set(State) - {State.LISTEN}
