"""One sweep at a time writes a data set."""

from pathlib import Path

import pytest

from tcptui.fleet.out_folder import held_alone
from tests.fleet.swept import WEB_LOSS, sweep


@pytest.mark.parametrize("options", [[], ["--resume"]], ids=["new", "resumed"])
def test_where_another_sweep_writes_it_is_refused(options: list[str], tmp_path: Path) -> None:
    out = tmp_path / "out"
    with held_alone(out):
        ended = sweep(out, WEB_LOSS, *options)
        assert (ended.code, out.exists()) == (2, True)
    assert ended.stderr == (
        f"tcptui: {out}: another sweep is writing there; wait until it has ended, or choose "
        "another folder\n"
    )


def test_a_folder_that_stays_empty_is_removed_if_it_was_made_for_it(tmp_path: Path) -> None:
    with held_alone(tmp_path / "new"), held_alone(tmp_path):
        pass
    assert (tmp_path.exists(), (tmp_path / "new").exists()) == (True, False)
