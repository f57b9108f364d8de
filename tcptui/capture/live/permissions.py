"""What to do when a capture cannot begin: above all, how to get the right to."""

import shutil
import sys
from difflib import get_close_matches
from typing import Final

from tcptui.capture.live import libpcap
from tcptui.capture.live.options import LiveOptions
from tcptui.capture.live.refusal import Reason

ADVICE: Final = {
    Reason.OUTPUT: "name another file or folder",
    Reason.OTHER: "tcptui -D lists the interfaces",
}


def advice(reason: Reason, options: LiveOptions) -> str:
    """One line that ends the refusal."""
    if reason is Reason.PERMISSION:
        return f"one of these gives the right to capture: {' · '.join(remedies(options))}"
    if reason is Reason.INTERFACE:
        return nearest(options.interfaces)
    return ADVICE[reason]


def remedies(options: LiveOptions) -> list[str]:
    """The exact commands, each of which is enough."""
    program = shutil.which(sys.argv[0]) or sys.argv[0]
    where = " ".join(f"-i {name}" for name in options.interfaces)
    if sys.platform == "darwin":
        return [f"sudo {program} {where}", "install Wireshark's ChmodBPF"]
    return [
        f"sudo {program} {where}",
        "sudo usermod -aG wireshark $USER (then log in again), where dumpcap is installed",
        "sudo setcap cap_net_raw,cap_net_admin+ep $(which tcpdump)",
    ]


def nearest(names: list[str]) -> str:
    """The interfaces that these may have meant."""
    try:
        known = [name for name, _, _ in libpcap.devices()]
    except (libpcap.Missing, libpcap.PcapError):
        known = []
    found = [near for name in names for near in get_close_matches(name, known)]
    if found:
        return f"did you mean {' or '.join(dict.fromkeys(found))}?"
    return "tcptui -D lists the interfaces"
