"""One sweep at a time writes a data set."""

import os
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


@pytest.mark.skipif(os.geteuid() != 0, reason="sudo makes root")
def test_under_sudo_all_of_it_belongs_to_the_invoking_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUDO_UID", "4711")
    monkeypatch.setenv("SUDO_GID", "4712")
    out = tmp_path / "above" / "out"
    assert sweep(out, WEB_LOSS.parent / "openings.pcapng", WEB_LOSS).code == 0
    (out / "manifest.json").write_text("{")
    assert sweep(out, "--resume", WEB_LOSS).code == 2
    made = [out.parent, out, *out.rglob("*")]
    assert len([path for path in made if path.is_file()]) >= 4
    assert {(path.stat().st_uid, path.stat().st_gid) for path in made} == {(4711, 4712)}
    assert tmp_path.stat().st_uid == 0
