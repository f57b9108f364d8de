"""Which tsharks are installed: the system's, and those that `../shared/tools/wireshark` brings."""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

BESIDE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "wireshark" / "bin"


@cache
def tshark_of(release: str) -> str | None:
    """The tshark of a release (4.6), where there is one."""
    short = release.replace(".", "")
    for name in (f"tshark{short}", str(BESIDE / f"tshark{short}"), "tshark"):
        if shutil.which(name):
            said = subprocess.run([name, "--version"], capture_output=True, text=True, check=False)
            if f" {release}." in said.stdout.partition("\n")[0]:
                return name
    return None


def needed_tshark(release: str) -> str:
    """The same; the test is skipped, and says so, where there is none."""
    found = tshark_of(release)
    if found is None:
        pytest.skip(f"no tshark {release}: ../shared/tools/wireshark {release} brings it")
    return found
