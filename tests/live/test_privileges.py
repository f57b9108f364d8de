"""What sudo gave is given up for good, whoever called it; or nothing is captured."""

import errno
import json
import os
import pwd
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tcptui.capture.errors import CaptureError
from tcptui.capture.live import privileges
from tcptui.capture.live.live_capture import LiveCapture
from tcptui.capture.live.live_options import LiveOptions
from tcptui.capture.live.privileges import Invoker, invoking_user
from tcptui.capture.live.refusal import Refusal

ROOT = Path(__file__).parents[2]
UNKNOWN = next(n for n in range(40_000, 60_000) if n not in {e.pw_uid for e in pwd.getpwall()})
NOBODY = pwd.getpwnam("nobody")
KNOWN = Invoker(NOBODY.pw_uid, NOBODY.pw_gid, NOBODY.pw_name, NOBODY.pw_dir)

as_root = pytest.mark.skipif(
    os.geteuid() != 0 or sys.platform != "linux", reason="needs root, here on Linux"
)

FOUND: dict[str, tuple[dict[str, str], Invoker | None]] = {
    "nobody called": ({}, None),
    "root called sudo": ({"SUDO_UID": "0", "SUDO_GID": "0"}, None),
    "root called doas": ({"DOAS_USER": "root"}, None),
    "sudo": ({"SUDO_UID": str(KNOWN.uid), "SUDO_GID": str(KNOWN.gid)}, KNOWN),
    "sudo, and an odd group that passwd knows better": (
        {"SUDO_UID": str(KNOWN.uid), "SUDO_GID": "-1"}, KNOWN
    ),
    "sudo, and a user unknown to passwd": (
        {"SUDO_UID": str(UNKNOWN), "SUDO_GID": "77"}, Invoker(UNKNOWN, 77)
    ),
    "the largest number": (
        {"SUDO_UID": str(2**32 - 2), "SUDO_GID": str(2**32 - 2)}, Invoker(2**32 - 2, 2**32 - 2)
    ),
    "pkexec": ({"PKEXEC_UID": str(KNOWN.uid)}, KNOWN),
    "doas": ({"DOAS_USER": KNOWN.name}, KNOWN),
    "doas of root in sudo": ({"SUDO_UID": str(KNOWN.uid), "DOAS_USER": "root"}, KNOWN),
    "sudo of root in doas": ({"SUDO_UID": "0", "DOAS_USER": KNOWN.name}, KNOWN),
}  # fmt: skip

REFUSED = {
    "no number": ({"SUDO_UID": "me"}, "SUDO_UID: 'me' is not the number"),
    "empty": ({"SUDO_UID": ""}, "SUDO_UID: '' is not the number"),
    "negative": ({"SUDO_UID": "-1"}, "SUDO_UID: '-1' is not the number"),
    "signed": ({"SUDO_UID": "+0"}, r"SUDO_UID: '\+0' is not the number"),
    "spaces": ({"SUDO_UID": " 0"}, "SUDO_UID: ' 0' is not the number"),
    "digits of another script": ({"SUDO_UID": "٠"}, "SUDO_UID: '٠' is not the number"),
    "the number that means none": ({"SUDO_UID": str(2**32 - 1)}, "is not the number"),
    "too large": ({"SUDO_UID": str(2**32)}, "is not the number"),
    "far too large": ({"SUDO_UID": "9" * 5000}, "is not the number"),
    "unknown, without a group": ({"SUDO_UID": str(UNKNOWN)}, "SUDO_GID: not set"),
    "unknown, with an odd group": (
        {"SUDO_UID": str(UNKNOWN), "SUDO_GID": "x"}, "SUDO_GID: 'x' is not the number"
    ),
    "pkexec": ({"PKEXEC_UID": "x"}, "PKEXEC_UID: 'x' is not the number"),
    "doas": ({"DOAS_USER": "no-such-user"}, "DOAS_USER: no user is called 'no-such-user'"),
}  # fmt: skip


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch) -> None:
    """The effective user is root, as far as Python can tell."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    for variable in ("SUDO_UID", "SUDO_GID", "PKEXEC_UID", "DOAS_USER"):
        monkeypatch.delenv(variable, raising=False)


@pytest.mark.parametrize(("environment", "found"), FOUND.values(), ids=FOUND)
@pytest.mark.usefixtures("root")
def test_who_called(environment: dict[str, str], found: Invoker | None) -> None:
    assert invoking_user(environment) == found


@pytest.mark.parametrize(("environment", "said"), REFUSED.values(), ids=REFUSED)
@pytest.mark.usefixtures("root")
def test_who_called_makes_no_sense(environment: dict[str, str], said: str) -> None:
    with pytest.raises(Refusal, match=said):
        invoking_user(environment)


def test_who_is_not_root_has_nothing_to_give_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert invoking_user({"SUDO_UID": "nonsense"}) is None


@pytest.mark.parametrize("call", ["initgroups", "setgid", "setuid"])
@pytest.mark.parametrize("number", [errno.EPERM, errno.EAGAIN, errno.EINVAL])
@pytest.mark.usefixtures("root")
def test_a_system_that_refuses(call: str, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    for name in ("initgroups", "setgid", "setuid"):
        monkeypatch.setattr(os, name, refuse if name == call else lambda *_: None)
    monkeypatch.setenv("SUDO_UID", str(KNOWN.uid))
    with pytest.raises(Refusal, match=rf"cannot become nobody \({os.strerror(number)}\)"):
        privileges.drop_privileges()


@pytest.mark.usefixtures("root")
def test_a_drop_that_did_nothing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("initgroups", "setgid", "setuid"):
        monkeypatch.setattr(os, name, lambda *_: None)
    monkeypatch.setenv("SUDO_UID", str(KNOWN.uid))
    with pytest.raises(Refusal, match="root privileges could be regained"):
        privileges.drop_privileges()


TELL = """\
import json, os
from tcptui.capture.live import privileges
privileges.drop_privileges()
print(json.dumps([os.getresuid(), os.getresgid(), os.getgroups()]))
"""


@as_root
@pytest.mark.parametrize(
    ("environment", "uid", "gid"),
    [
        ({"SUDO_UID": str(UNKNOWN), "SUDO_GID": "77"}, UNKNOWN, 77),
        ({"SUDO_UID": str(KNOWN.uid)}, KNOWN.uid, KNOWN.gid),
        ({"DOAS_USER": KNOWN.name}, KNOWN.uid, KNOWN.gid),
    ],
)
def test_all_numbers_are_the_users(environment: dict[str, str], uid: int, gid: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", TELL],
        capture_output=True,
        check=True,
        cwd=ROOT,
        env=os.environ | environment,
    )
    users, groups, others = json.loads(done.stdout)
    assert users == [uid] * 3
    assert groups == [gid] * 3
    assert set(others) <= {gid}


@as_root
@pytest.mark.parametrize(("name", "uid"), [(KNOWN.name, KNOWN.uid), ("root", 0)])
def test_a_named_user_goes_before_who_called_sudo(name: str, uid: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", TELL.replace("drop_privileges()", f"drop_privileges({name!r})")],
        capture_output=True,
        check=True,
        cwd=ROOT,
        env=os.environ | {"SUDO_UID": str(UNKNOWN), "SUDO_GID": "77"},
    )
    assert json.loads(done.stdout)[0] == [uid] * 3


@pytest.mark.usefixtures("root")
def test_a_name_that_nobody_has() -> None:
    with pytest.raises(Refusal, match="-Z: no user is called 'nobody-at-all'"):
        privileges.drop_privileges("nobody-at-all")


START = """\
import os, sys
from pathlib import Path
from tcptui.capture.live.live_capture import LiveCapture
from tcptui.capture.live.live_options import LiveOptions
capture = LiveCapture(LiveOptions(["lo"], write=sys.argv[1]))
capture.start()
for process in ("self", capture._process.pid):
    status = Path(f"/proc/{process}/status").read_text().splitlines()
    print(*next(line.split()[1:] for line in status if line.startswith("Uid:")))
capture.close()
"""


@as_root
def test_both_processes_of_a_capture_become_the_user() -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        target = Path(folder) / "a.pcap"
        done = subprocess.run(
            [sys.executable, "-c", START, str(target)],
            capture_output=True,
            check=True,
            text=True,
            cwd=ROOT,
            env=os.environ | {"SUDO_UID": str(UNKNOWN), "SUDO_GID": "77"},
        )
        made = target.stat()
    assert done.stdout.split() == [str(UNKNOWN)] * 8
    assert (made.st_uid, made.st_gid) == (UNKNOWN, 77)


@as_root
@pytest.mark.parametrize("interface", ["lo", "ssh://host/eth0"])
def test_a_capture_that_would_stay_root_is_refused(
    interface: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUDO_UID", "nonsense")
    with pytest.raises(CaptureError, match=r"SUDO_UID: 'nonsense' is not.*; to capture as"):
        LiveCapture(LiveOptions([interface])).start()
