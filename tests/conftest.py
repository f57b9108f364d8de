"""Guards for the whole test run."""

import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tcptui.captures import Captures

ROOT = Path(__file__).parents[1]


def stale_modules(root: Path) -> list[str]:
    """Compiled modules below a folder that are older than their source, or have none any more."""
    stale = []
    for compiled in sorted((root / "tcptui").rglob("*.so")):
        source = compiled.with_name(compiled.name.split(".")[0] + ".py")
        if not source.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            stale.append(str(source.relative_to(root)))
    return stale


def choose_rules() -> None:
    """Let programs under test, and the command line here, have the rules of Wireshark 4.0.

    That is what tests expect that say nothing else; no configuration of the user takes part.
    """
    folder = Path(tempfile.gettempdir(), f"tcptui-tests-{os.getuid()}")
    (folder / "tcptui").mkdir(parents=True, exist_ok=True)
    (folder / "tcptui" / "config.toml").write_text('rules = "4.0"\n')
    os.environ["XDG_CONFIG_HOME"] = str(folder)


def pytest_configure() -> None:
    """Refuse to test compiled modules that are not what the sources say.

    Signals that the run inherited as ignored, as from nohup or a job in the background, are not:
    programs under test would inherit that.
    """
    choose_rules()
    for number in (signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_IGN:
            default = signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
            signal.signal(number, default)
    if stale := stale_modules(ROOT):
        pytest.exit(
            f"compiled modules are older than their sources ({', '.join(stale)}); "
            f"rebuild with: {sys.executable} -m pip install -e .",
            returncode=pytest.ExitCode.USAGE_ERROR,
        )


@pytest.fixture
def captures(tmp_path: Path) -> Iterator["Captures"]:
    """What opens captures, live ones too; those that are open in the end are left."""
    from tcptui.capture.options import CaptureOptions
    from tcptui.captures import Captures
    from tcptui.engine.wireshark.release_4_0 import WIRESHARK_4_0

    made = Captures(CaptureOptions(), WIRESHARK_4_0, spool=str(tmp_path))
    yield made
    for opened in list(made.opened):
        made.leave_session(opened)
