"""What root makes belongs to whom it is made for."""

import os
from pathlib import Path

import pytest

from tcptui.capture.file_owner import (
    FileOwner,
    give_to,
    invoker,
    make_folders,
    new_file,
    owner_above,
)
from tcptui.cli.program import crash_note
from tcptui.clipboard import save
from tcptui.screens import preferences

AS_ROOT = os.geteuid() == 0
CALLER = FileOwner(4711, 4712)
needs_root = pytest.mark.skipif(not AS_ROOT, reason="sudo makes root")


@pytest.fixture
def sudo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUDO_UID", "4711")
    monkeypatch.setenv("SUDO_GID", "4712")


def owner(path: Path) -> FileOwner:
    there = path.lstat()
    return FileOwner(there.st_uid, there.st_gid)


@needs_root
@pytest.mark.usefixtures("sudo")
def test_the_invoker_is_who_called_sudo(monkeypatch: pytest.MonkeyPatch) -> None:
    assert invoker() == CALLER
    monkeypatch.setenv("SUDO_UID", "nonsense")
    assert invoker() is None
    monkeypatch.delenv("SUDO_UID")
    assert invoker() is None


@needs_root
def test_folders_that_are_made_are_given_away_and_no_others(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    make_folders(str(tmp_path / "there" / "a" / "b"), CALLER)
    assert owner(tmp_path / "there" / "a") == owner(tmp_path / "there" / "a" / "b") == CALLER
    assert owner(tmp_path / "there") == owner(tmp_path)
    make_folders(str(tmp_path / "there"), CALLER)
    assert owner(tmp_path / "there") == owner(tmp_path)


def test_where_a_file_is_in_the_way_no_folder_is_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for name in ("file", "file/a", "file/a/b"):
        with pytest.raises((FileExistsError, NotADirectoryError)):
            make_folders(str(tmp_path / name), None)


def test_a_folder_below_a_link_is_made_where_it_leads(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    make_folders(str(tmp_path / "link" / "a"), None)
    make_folders(str(tmp_path / "link"), None)
    assert (tmp_path / "real" / "a").is_dir()


def test_a_new_file_takes_the_place_of_a_link_and_writes_nothing_through_it(
    tmp_path: Path,
) -> None:
    (tmp_path / "precious").write_text("precious")
    (tmp_path / "new").symlink_to("precious")
    with os.fdopen(new_file(str(tmp_path / "new"), None), "w") as file:
        file.write("new")
    assert (tmp_path / "precious").read_text() == "precious"
    assert (tmp_path / "new").read_text() == "new"


@needs_root
def test_what_was_made_is_given_by_its_descriptor(tmp_path: Path) -> None:
    handle = new_file(str(tmp_path / "new"), CALLER)
    assert owner(tmp_path / "new") == CALLER
    give_to(None, handle)
    os.close(handle)
    assert owner(tmp_path / "new") == CALLER


@needs_root
@pytest.mark.parametrize("home", [FileOwner(0, 0), CALLER, FileOwner(4713, 4714)])
@pytest.mark.usefixtures("sudo")
def test_what_is_remembered_belongs_to_whose_home_it_is_in(
    home: FileOwner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.chown(tmp_path, *home)
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert owner_above(preferences.memory_file()) == home
    preferences.remember_start()
    preferences.remember(preferences.Preferences())
    made = list(tmp_path.rglob("*"))
    assert {path.name for path in made} >= {".local", "state", "tcptui", "remembered.json"}
    assert {owner(path) for path in made} == {home}


@needs_root
@pytest.mark.usefixtures("sudo")
def test_what_is_left_in_a_temporary_folder_is_the_invokers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert str(tmp_path) in crash_note(ValueError())
    assert save("a text", str(tmp_path))
    assert [owner(path) for path in tmp_path.iterdir()] == [CALLER, CALLER]
