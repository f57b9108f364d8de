"""Tells what to do when a capture cannot begin: above all, how to get the right to capture."""

import shutil
import sys
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from tcptui.capture.live import libpcap
from tcptui.capture.live.live_options import LiveOptions
from tcptui.capture.live.refusal import Reason

DUMPCAPS: Final = ("/usr/bin/dumpcap", "/usr/local/bin/dumpcap")

ADVICE: Final = {
    Reason.LINK_TYPE: "tcptui -D lists the interfaces",
    Reason.OUTPUT: "name another file or folder",
    Reason.PRIVILEGES: "to capture as root, unset SUDO_UID, PKEXEC_UID and DOAS_USER",
    Reason.OTHER: "tcptui -D lists the interfaces",
}


def advice(reason: Reason, options: LiveOptions) -> str:
    """Return the advice that ends the refusal, in one line."""
    if reason is Reason.PERMISSION:
        return f"one of these gives the right to capture: {' · '.join(remedies(options))}"
    if reason is Reason.INTERFACE:
        return nearest(options.interfaces)
    return ADVICE[reason]


def remedies(options: LiveOptions) -> list[str]:
    """Return the exact commands, each of which is enough."""
    where = " ".join(f"-i {name}" for name in options.interfaces)
    sudo = f"sudo {program()} {where}"
    if sys.platform == "darwin":
        return [sudo, "install ChmodBPF, which comes with Wireshark"]
    return [
        sudo,
        f"sudo usermod -aG {dumpcap_group()} $USER and log in again, where dumpcap is installed",
        "sudo setcap cap_net_raw,cap_net_admin+ep $(which tcpdump)",
    ]


def program() -> str:
    """Return how to call tcptui where sudo does not search for it."""
    if sys.argv[0].endswith(".py"):
        return f"{sys.executable} -m tcptui.cli"
    found = shutil.which(sys.argv[0])
    return str(Path(found).absolute()) if found else sys.argv[0]


def dumpcap_group() -> str:
    """Return the group that may run dumpcap, or wireshark where it is not known."""
    for path in DUMPCAPS:
        with suppress(OSError, KeyError):
            if Path(path).group() != "root":
                return Path(path).group()
    return "wireshark"


def nearest(names: list[str]) -> str:
    """Return the interfaces that may have been meant."""
    try:
        known = [name for name, _, _ in libpcap.devices()]
    except (libpcap.Missing, libpcap.PcapError):
        known = []
    found = [near for name in names for near in get_close_matches(name, known)]
    if found:
        return f"did you mean {' or '.join(dict.fromkeys(found))}?"
    return "tcptui -D lists the interfaces"
