"""The cache is a folder of its user alone; whatever else stands there is left alone."""

import os
from pathlib import Path

import pytest

from tcptui import cache_folder, doctor
from tcptui.cache_folder import kept_files, read_file, write_file
from tcptui.capture.live.privileges import Invoker


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for variable in ("SUDO_UID", "PKEXEC_UID", "DOAS_USER"):
        monkeypatch.delenv(variable, raising=False)
    return tmp_path / "cache" / "tcptui"


def names_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def mode(path: Path) -> int:
    return path.lstat().st_mode & 0o777


def test_files_are_for_their_user_alone(place: Path) -> None:
    write_file("a.list", b"one")
    write_file("a.list", b"two")
    assert read_file("a.list") == b"two"
    assert names_in(place) == ["a.list"]
    assert (mode(place), mode(place / "a.list")) == (0o700, 0o600)


def test_a_folder_that_others_may_use_is_refused(place: Path) -> None:
    place.mkdir(parents=True)
    place.chmod(0o755)
    write_file("a.list", b"one")
    assert not names_in(place)
    with pytest.raises(OSError, match="others may use it"):
        kept_files()


def test_a_link_is_not_followed(place: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir(mode=0o700)
    place.parent.mkdir()
    place.symlink_to(other)
    write_file("a.list", b"one")
    assert not names_in(other)


def test_a_file_that_is_a_link_is_not_read(place: Path, tmp_path: Path) -> None:
    write_file("a.list", b"one")
    (place / "b.list").symlink_to(place / "a.list")
    with pytest.raises(OSError, match="symbolic links"):
        read_file("b.list")


def test_a_pipe_is_not_waited_for(place: Path) -> None:
    write_file("a.list", b"one")
    os.mkfifo(place / "b.list", 0o600)
    with pytest.raises(OSError, match="no file of ours"):
        read_file("b.list")


@pytest.mark.skipif(os.geteuid() != 0, reason="another user's folder needs root")
def test_a_folder_of_another_user_is_refused(place: Path) -> None:
    place.mkdir(parents=True, mode=0o700)
    os.chown(place, 12345, 12345)
    write_file("a.list", b"one")
    assert not names_in(place)


@pytest.mark.skipif(os.geteuid() != 0, reason="sudo gives root")
def test_under_sudo_all_belongs_to_who_called_it(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = Invoker(12345, 12345, "somebody", str(tmp_path))
    monkeypatch.setattr(cache_folder, "caller", lambda: user)
    above = tmp_path / ".cache"
    above.mkdir()
    write_file("a.list", b"one")
    assert not names_in(above)  # it is root's, so not theirs
    os.chown(above, 12345, 12345)
    write_file("a.list", b"one")
    made = (above / "tcptui", above / "tcptui" / "a.list")
    assert [path.stat().st_uid for path in made] == [12345, 12345]
    assert read_file("a.list") == b"one"
    assert not place.exists()


def test_the_oldest_files_go(place: Path) -> None:
    for used, name in enumerate(("a.list", "b.list", "c.list")):
        write_file(name, bytes(100))
        os.utime(place / name, (used, used))
    with cache_folder.opened_folder() as inside:
        cache_folder.remove_oldest(inside, 250)
    assert names_in(place) == ["b.list", "c.list"]


def test_doctor_tells_and_clears(place: Path) -> None:
    write_file("a.list", bytes(100))
    (place / "notes.txt").write_text("mine")
    assert f"{place}: 1 flow list, 100 B" in doctor.cache().found
    assert "0 flow lists" in doctor.clear_cache()
    assert names_in(place) == ["notes.txt"]


@pytest.mark.skipif(os.geteuid() != 0, reason="sudo gives root")
def test_without_a_caller_that_can_be_told_nothing_is_kept(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUDO_UID", "somebody")
    write_file("a.list", b"one")
    assert not place.exists()
    assert "SUDO_UID" in doctor.cache().found
