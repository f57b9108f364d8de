"""Plays all scenarios once, side by side, and keeps what they left."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.lab.network import Lab, possible
from tests.lab.scenarios import MOMENT, SCENARIOS, Scenario

AT_ONCE = 8
TRIES = 3


@pytest.fixture(scope="session")
def labs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Lab]]:
    """The finished labs by the scenario's name."""
    reason = possible()
    if reason:
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("lab")

    def play(scenario: Scenario) -> Lab:
        """On a machine that stood still meanwhile it was another story: play it again."""
        for left in reversed(range(TRIES)):
            lab = Lab(scenario.name, SCENARIOS.index(scenario), folder)
            try:
                with lab.running():
                    scenario.play(lab)
            except OSError:
                if not left:
                    raise
                continue
            if lab.longest_pause < 2 * MOMENT:
                break
        return lab

    with ThreadPoolExecutor(AT_ONCE) as pool:
        finished = pool.map(play, SCENARIOS)
        yield {lab.name: lab for lab in finished}
