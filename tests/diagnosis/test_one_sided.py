"""A flow of which only one direction was captured; the report and the screen agree about it."""

import pytest

from tcptui.diagnosis.trust import CaptureTrust
from tcptui.findings.judgement import Judge
from tcptui.findings.sides import is_fragment, is_one_sided
from tests.diagnosis.causes import engine_of

ENDS = "flow A 10.0.0.1:1111 B 10.0.0.2:80\n"

SCRIPTS = {
    "data from one side alone": (
        """
        1 0 B A    1 1 64000 1000
        2 1 B A 1001 1 64000 1000
        3 2 B A 2001 1 64000 1000
        """,
        True,
    ),
    "acknowledgments from one side alone": (
        """
        1 0 A A 1 1001 64000 0
        2 1 A A 1 2001 64000 0
        3 2 A A 1 3001 64000 0
        """,
        True,
    ),
    "the last two of a connection": (
        """
        1 0 A A  1 1001 64000 0
        2 1 A FA 1 1001 64000 0
        """,
        False,
    ),
    "a segment that nobody answers": (
        """
        1    0 A PA 1 1 64000 100
        2  200 A PA 1 1 64000 100
        3  600 A PA 1 1 64000 100
        4 1400 A PA 1 1 64000 100
        """,
        False,
    ),
    "calls that nobody answers": (
        """
        1    0 A S 0 0 64000 0
        2 1000 A S 0 0 64000 0
        3 3000 A S 0 0 64000 0
        """,
        False,
    ),
    "both sides": (
        """
        1 0 A PA   1   1 64000 100
        2 1 B A    1 101 64000 0
        3 2 B PA   1 101 64000 100
        """,
        False,
    ),
}


@pytest.mark.parametrize(("script", "one_sided"), SCRIPTS.values(), ids=SCRIPTS)
def test_one_sided(script: str, one_sided: bool) -> None:
    engine = engine_of("", ENDS + script)
    (flow,) = engine.flows
    trust = CaptureTrust()
    trust.take_flow(flow)
    said = "one_sided" in [finding.kind for finding in Judge(engine, None).findings(flow)]
    assert (is_one_sided(flow), bool(trust.one_sided)) == ((one_sided,) * 2)
    assert said is (one_sided or is_fragment(flow))
