"""Two captures of real kernels' connections, with a router between that loses what nft counts."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.between.test_between import compared, told
from tests.lab.network import possible
from tests.lab.two_points import Setting, play

pytestmark = [
    pytest.mark.lab,
    pytest.mark.skipif(bool(possible()), reason=possible() or "there can be a lab"),
]

SETTINGS = {
    "clean": Setting(),
    "loss": Setting(lost_to_server=10, lost_to_client=20),
    "loss and NAT": Setting(lost_to_server=20, lost_to_client=20, masquerade=True),
    "offload at one side": Setting(lost_to_server=10, lost_to_client=10, offload_at_server=True),
    "snap length": Setting(lost_to_server=5, lost_to_client=20, snaplen=96),
    "queue": Setting(rate="rate 20mbit burst 5kb limit 60kb"),
}


@pytest.fixture(scope="module", params=SETTINGS)
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Play one of the settings; give the setting, what the router dropped, and what is told."""
    folder = tmp_path_factory.mktemp("between")
    name = request.param
    network = play(name.replace(" ", "-"), folder, SETTINGS[name])
    captures = [path.read_bytes() for path in network.files]
    return SETTINGS[name], network.dropped, compared(Path(folder), *captures)


def test_every_loss_is_in_its_place(played: Any) -> None:
    setting, dropped, facts = played
    found = told(facts)
    assert found["lost", "A", "B"] == dropped["near"]
    if not setting.rate:
        assert found["lost", "B", "A"] == dropped["far"]
    assert not [what for what in found if "uncaptured" in what]


def test_all_that_arrived_is_paired(played: Any) -> None:
    setting, _, facts = played
    assert len(facts["flows"]) == 12
    paired = sum(flow["paired_bytes"] for flow in facts["flows"])
    delivered = 12 * setting.answer + 4 * (200 + 20_000 + 60_000 + 3)
    assert paired >= 0.999 * delivered
    reasons = Counter(row["reason"] for flow in facts["flows"] for row in flow["unpaired"])
    assert not reasons


def test_one_kernel_has_one_clock(played: Any) -> None:
    _, _, facts = played
    clock = facts["points"][1]
    assert abs(clock["clock_offset"]) <= clock["clock_error"]
    assert abs(clock["clock_offset"]) <= 50e-6
    assert clock["clock_drift_ppm"] == 0
