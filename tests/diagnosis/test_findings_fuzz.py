"""Whatever passes a tap can be diagnosed: nothing raises, and the figures hold together."""

from hypothesis import given, settings

from samples.frames import frame
from tcptui.diagnosis.capture_causes import causes
from tcptui.diagnosis.course import course_of
from tcptui.diagnosis.work_slices import at_once
from tcptui.findings.capture_point import capture_point_of
from tcptui.findings.findings import RANKS, findings_of
from tcptui.findings.judgement import Judge
from tcptui.findings.kinds import FINDING_KINDS
from tcptui.findings.time_split import split_text, time_split
from tcptui.findings.waits import stalls_of
from tests.engine.feeding import analysed
from tests.engine.test_states_fuzz import Story, packets, stories


@settings(max_examples=150, deadline=None)
@given(stories)
def test_everything_can_be_told(story: Story) -> None:
    made = packets(story)
    engine = analysed(made)
    for flow in engine.flows:
        for finding in findings_of(engine, flow, lambda row: frame(made[row])):
            assert finding.text
            assert RANKS[finding.severity] <= RANKS[FINDING_KINDS[finding.kind].severity.value]
            assert 0 < finding.first_frame <= finding.last_frame <= len(made)
            assert finding.count > 0
            assert finding.cost is None or finding.cost >= 0
        split = time_split(flow)
        assert min(split.parts()) >= 0
        assert split.total == flow.last_time - flow.first_time
        assert split_text(split)
        assert capture_point_of(flow).text
        course = at_once(course_of(engine, flow))
        assert all((*course.sentences(), *course.interactive()))
        assert all(min(turn) >= 0 for turn in course.turns)
        for stall in stalls_of(engine, flow):
            assert flow.first_time <= stall.start <= stall.start + stall.cost <= flow.last_time
    at_once(causes(Judge(engine, None), len(engine.flows)))


@settings(max_examples=100, deadline=None)
@given(stories)
def test_a_kind_is_found_once_in_a_flow(story: Story) -> None:
    engine = analysed(packets(story))
    for flow in engine.flows:
        kinds = [finding.kind for finding in findings_of(engine, flow)]
        assert len(kinds) == len(set(kinds))
