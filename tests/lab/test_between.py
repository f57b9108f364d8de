"""Two captures of real kernels' connections, with a router between that loses what nft counts."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from samples.capture_files import SECOND, pcap
from samples.web_loss import records
from tests.between.test_between import compared, told
from tests.lab.network import possible
from tests.lab.two_points import RelaySetting, Setting, play

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
    "window scale stripped": Setting(lost_to_client=10, rule="reset tcp option window"),
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
    assert len(facts["flows"]) == 12 + 2
    paired = sum(flow["paired_bytes"] for flow in facts["flows"])
    delivered = 12 * setting.answer + 4 * (200 + 20_000 + 60_000 + 3)
    assert paired >= 0.999 * delivered
    reasons = Counter(row["reason"] for flow in facts["flows"] for row in flow["unpaired"])
    assert not reasons


def test_what_the_router_strips_is_told(played: Any) -> None:
    setting, _, facts = played
    stripped = [
        (row["before"], row["after"])
        for flow in facts["flows"]
        for row in flow["rewritten"]
        if row["field"] == "window_scale"
    ]
    assert bool(stripped) == bool(setting.rule)
    assert all(before is not None and after is None for before, after in stripped)


def test_one_kernel_has_one_clock(played: Any) -> None:
    _, _, facts = played
    clock = facts["points"][1]
    assert abs(clock["clock_offset"]) <= clock["clock_error"]
    assert abs(clock["clock_offset"]) <= 50e-6
    assert clock["clock_drift_ppm"] == 0


RELAYS = {
    "duplicated": RelaySetting(twice=30),
    "reordered": RelaySetting(late=30),
    "numbers rewritten": RelaySetting(shift=3_000_000_000),
    "all of it": RelaySetting(twice=20, late=20, shift=77),
}


@pytest.mark.parametrize("name", RELAYS)
def test_what_a_relay_does_is_told(name: str, tmp_path: Path) -> None:
    setting = Setting(relay=RELAYS[name], answer=60_000)
    network = play("relay", tmp_path, setting)
    relay = network.relay
    assert relay is not None
    facts = compared(tmp_path, *(path.read_bytes() for path in network.files))
    found = told(facts)
    assert found["duplicated", "B", "A"] + found["duplicated", "A", "B"] == relay.twice
    assert found["reordered", "B", "A"] == relay.late
    assert len(facts["flows"]) == 12
    assert not [what for what in found if what[0] == "lost" and "beyond" not in what]
    reasons = Counter(row["reason"] for flow in facts["flows"] for row in flow["unpaired"])
    assert not reasons
    changed = {row["field"] for flow in facts["flows"] for row in flow["rewritten"]}
    assert ("isn" in changed) == bool(setting.relay and setting.relay.shift)


def test_a_way_that_swallows_large_packets_points_at_the_mtu(tmp_path: Path) -> None:
    setting = Setting(relay=RelaySetting(largest=1200), answer=20_000)
    network = play("relay", tmp_path, setting, sizes=[200], callers=2)
    assert network.relay is not None
    facts = compared(tmp_path, *(path.read_bytes() for path in network.files))
    assert told(facts)["lost", "B", "A"] == network.relay.dropped > 0
    kinds = [{one["kind"] for one in flow["findings"]} for flow in facts["flows"]]
    assert all("mtu_between" in found for found in kinds)
    assert "all larger than" in facts["verdict"]


@pytest.mark.parametrize(("offset", "drift"), [(10 * SECOND, 50e-6), (-3600 * SECOND, -50e-6)])
def test_a_clock_that_drifts_is_told(offset: int, drift: float, tmp_path: Path) -> None:
    network = play("clock", tmp_path, Setting(lost_to_client=10), callers=1, rest=0.5)
    at_a, at_b = map(list, map(records, network.files))
    start = at_b[0].time
    moved = [
        one._replace(time=one.time + offset + round(drift * (one.time - start))) for one in at_b
    ]
    facts = compared(tmp_path, pcap(at_a), pcap(moved))
    clock = facts["points"][1]
    assert abs(clock["clock_offset"] - offset / SECOND) <= clock["clock_error"]
    assert clock["clock_error"] <= 100e-6
    assert told(facts)["lost", "B", "A"] == network.dropped["far"]
    delays = [row["min"] for flow in facts["flows"] for row in flow["delay"]]
    assert all(0 <= delay < 0.01 for delay in delays)


def test_what_one_file_lacks_is_not_lost(tmp_path: Path) -> None:
    network = play("gaps", tmp_path, Setting(lost_to_client=10), callers=2)
    at_a, at_b = map(list, map(records, network.files))
    kept = [record for number, record in enumerate(at_a) if number % 100 != 5]
    facts = compared(tmp_path, pcap(kept), pcap(at_b))
    found = told(facts)
    assert found["lost", "B", "uncaptured"] > 0
    assert found["lost", "B", "A"] <= network.dropped["far"]
