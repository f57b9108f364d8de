"""Files that appear whole under their names: what they replace, and what is left alone."""

import errno
import os
import stat
import threading
from pathlib import Path

import pytest

from tcptui.capture.whole_file import WholeFile, write_whole

AS_ROOT = os.geteuid() == 0


def only(folder: Path, *names: str) -> None:
    assert sorted(path.name for path in folder.iterdir()) == sorted(names)


def test_nothing_is_touched_until_it_is_kept(tmp_path: Path) -> None:
    target = tmp_path / "a"
    target.write_bytes(b"before")
    file = WholeFile(str(target))
    file.write([b"after"])
    assert target.read_bytes() == b"before"
    file.keep()
    assert target.read_bytes() == b"after"
    file.drop()
    assert target.read_bytes() == b"after"
    only(tmp_path, "a")


@pytest.mark.parametrize("trouble", [OSError, KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("before", [b"before", None])
def test_what_was_there_stays(
    tmp_path: Path, trouble: type[BaseException], before: bytes | None
) -> None:
    target = tmp_path / "a"
    if before:
        target.write_bytes(before)
    file = WholeFile(str(target))
    file.write([b"after"])
    file.__exit__(trouble, trouble(), None)
    assert (target.read_bytes() if target.exists() else None) == before
    only(tmp_path, *(["a"] if before else []))


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_disk_that_fails_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    target = tmp_path / "a"
    target.write_bytes(b"before")
    monkeypatch.setattr(os, step, fail)
    with pytest.raises(OSError, match="full"):
        write_whole(str(target), [b"after"])
    assert target.read_bytes() == b"before"
    only(tmp_path, "a")


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o666, 0o755])
def test_the_mode_is_that_of_the_file_before(tmp_path: Path, mode: int) -> None:
    target = tmp_path / "a"
    target.touch()
    target.chmod(mode)
    write_whole(str(target), [b"after"])
    assert stat.S_IMODE(target.stat().st_mode) == mode


def test_the_mode_of_a_new_file_is_the_usual_one(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    write_whole(str(tmp_path / "a"), [])
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "usual").stat().st_mode


@pytest.mark.skipif(not AS_ROOT, reason="only root gives files away")
def test_the_owner_is_that_of_the_file_before(tmp_path: Path) -> None:
    target = tmp_path / "a"
    target.touch()
    os.chown(target, 4711, 4712)
    write_whole(str(target), [b"after"])
    assert (target.stat().st_uid, target.stat().st_gid) == (4711, 4712)


@pytest.mark.skipif(not AS_ROOT, reason="sudo makes root")
def test_under_sudo_a_new_file_belongs_to_the_invoking_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUDO_UID", "4711")
    monkeypatch.setenv("SUDO_GID", "4712")
    target = tmp_path / "a"
    write_whole(str(target), [b"after"])
    assert (target.stat().st_uid, target.stat().st_gid) == (4711, 4712)


def test_an_owner_that_cannot_be_kept_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, "not yours")

    target = tmp_path / "a"
    target.write_bytes(b"before")
    theirs = list(target.stat())
    theirs[stat.ST_UID] += 1
    real = os.stat
    monkeypatch.setattr(
        os, "stat", lambda path, **_: os.stat_result(theirs) if path == str(target) else real(path)
    )
    monkeypatch.setattr(os, "fchown", refuse)
    with pytest.raises(PermissionError, match="not yours"):
        WholeFile(str(target))
    assert target.read_bytes() == b"before"
    only(tmp_path, "a")


@pytest.mark.parametrize(("mode", "expected"), [(0o664, 0o644), (0o640, 0o600), (0o775, 0o755)])
def test_a_group_that_cannot_be_kept_opens_the_file_to_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int, expected: int
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, "not in that group")

    target = tmp_path / "a"
    target.touch()
    target.chmod(mode)
    theirs = list(target.stat())
    theirs[stat.ST_GID] += 1
    real = os.stat
    monkeypatch.setattr(
        os, "stat", lambda path, **_: os.stat_result(theirs) if path == str(target) else real(path)
    )
    monkeypatch.setattr(os, "fchown", refuse)
    write_whole(str(target), [b"after"])
    monkeypatch.undo()
    assert target.read_bytes() == b"after"
    assert stat.S_IMODE(target.stat().st_mode) == expected


@pytest.mark.skipif(not AS_ROOT, reason="only root can take another user's place")
def test_a_folder_that_takes_no_file(tmp_path: Path) -> None:
    target = tmp_path / "a"
    target.write_bytes(b"before")
    os.chown(target, 65534, 65534)
    tmp_path.chmod(0o555)
    process = os.fork()
    if process == 0:
        os.chdir(tmp_path)
        os.setresuid(65534, 65534, 65534)
        try:
            WholeFile("a")
        except OSError as error:
            os._exit("refuses a temporary file (Permission denied)" in str(error))
        os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 1
    assert target.read_bytes() == b"before"


@pytest.mark.parametrize("is_there", [True, False])
def test_a_symbolic_link_keeps_pointing_where_it_does(tmp_path: Path, is_there: bool) -> None:
    goal, link = tmp_path / "far" / "goal", tmp_path / "link"
    goal.parent.mkdir()
    if is_there:
        goal.write_bytes(b"before")
    link.symlink_to(goal)
    write_whole(str(link), [b"after"])
    assert link.is_symlink()
    assert goal.read_bytes() == b"after"
    only(goal.parent, "goal")


def test_a_pipe_is_written_directly(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(fifo.read_bytes()))
    reader.start()
    write_whole(str(fifo), [b"one", b"two"])
    reader.join()
    assert got == [b"onetwo"]
    assert stat.S_ISFIFO(fifo.stat().st_mode)
    only(tmp_path, "fifo")


@pytest.mark.parametrize("name", ["/dev/fd/{}", "/proc/self/fd/{}"])
def test_an_open_descriptor_is_written_directly(tmp_path: Path, name: str) -> None:
    target = tmp_path / "a"
    with target.open("wb") as file:
        identity = os.fstat(file.fileno()).st_ino
        write_whole(name.format(file.fileno()), [b"after"])
    assert target.read_bytes() == b"after"
    assert target.stat().st_ino == identity


@pytest.mark.parametrize("name", ["a" * 255, "ü" * 127, "\x1b[31m\n", "\udcff\udcfe", "...", "a b"])
def test_any_name(tmp_path: Path, name: str) -> None:
    write_whole(str(tmp_path / name), [b"after"])
    assert (tmp_path / name).read_bytes() == b"after"
    only(tmp_path, name)


REFUSED = [
    ("", "a name is missing"),
    (".", "Is a directory"),
    ("new/", "Is a directory"),
    ("no/a", "No such file"),
    ("file/a", "Not a directory"),
    ("a" * 256, "File name too long"),
    ("loop", "symbolic links"),
    ("nul\0", "this is not a file name"),
    ("/dev/fd/999999999", "Bad file descriptor"),
]


@pytest.mark.parametrize(("name", "words"), REFUSED)
def test_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, words: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to("loop")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OSError, match=words):
        WholeFile(name)
    only(tmp_path, "file", "loop")


def test_a_file_that_cannot_be_written_to_is_not_replaced_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "a"
    target.write_bytes(b"before")
    monkeypatch.setattr(os, "access", lambda path, mode: not (path == str(target) and mode))
    with pytest.raises(PermissionError):
        WholeFile(str(target))
    only(tmp_path, "a")
