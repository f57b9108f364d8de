"""Runs the tshark of this machine, for a second opinion."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tcptui.capture.errors import CaptureError
from tcptui.engine.wireshark.release_4_0 import WIRESHARK_4_0
from tcptui.engine.wireshark.release_4_4 import WIRESHARK_4_4
from tcptui.engine.wireshark.release_4_6 import WIRESHARK_4_6
from tcptui.engine.wireshark.rules import Rules
from tcptui.escapes import visible

ROWS: Final = "tcp && !icmp && !icmpv6"
"""The display filter that selects what has a row in `packets`."""

CARRIERS: Final = re.compile(
    r"frame|eth.*|ethertype|vlan|ieee8021.*|llc|sll|null|loop|raw|raw_ip|ppp.*|pppoe.*|chdlc|mpls"
    r"|ip|ipv6|ipv6\..*|ah|gre|icmp|icmpv6|udp|tcp|tcp\..*|mptcp|vxlan|geneve|gtp|teredo"
    r"|radiotap|wlan.*|data|malformed|_ws.*|nflog|fddi|pwethheuristic|pweth.*|l2tp|erspan|ipip"
    r"|etherip|fp|cfp|fabricpath|vntag|etag|cmd|brcm.*|mac-telnet|prism|ppi.*|wifi_.*|arp|snap"
    r"|ipoib|netlink.*|nsh|pflog.*|enc|tr|ipfc|ap1394"
)
"""Protocols that stay enabled: links, tunnels and TCP. Application decoders split streams."""


class TsharkMissing(Exception):
    """There is no tshark here, or it does not run; the text says what to do."""


def find_tshark() -> tuple[str, str]:
    """Return the path and the version line of the tshark on this machine. Raises TsharkMissing."""
    path = shutil.which("tshark")
    if path is None:
        raise TsharkMissing("there is no tshark on this machine; install it to compare with it")
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    if said.returncode != 0 or not said.stdout:
        raise TsharkMissing(f"{path} does not run; try `tshark --version`")
    return path, said.stdout.splitlines()[0]


RELEASE: Final = re.compile(r"(\d+)\.(\d+)")


def nearest_rules(version: str) -> tuple[Rules, str]:
    """Return the rule set for a tshark by its version line; a line if it has none of its own."""
    match = RELEASE.search(version)
    release = (int(match[1]), int(match[2])) if match else (0, 0)
    if release >= (4, 6):
        return WIRESHARK_4_6, ""
    if release == (4, 4):
        return WIRESHARK_4_4, ""
    if release == (4, 0):
        return WIRESHARK_4_0, ""
    nearest = WIRESHARK_4_4 if release > (4, 0) else WIRESHARK_4_0
    name = match[0] if match else version
    return (
        nearest,
        f"Wireshark {name} has no rule set of its own here; using that of {nearest.name}",
    )


class Tshark:
    """Runs tshark without application decoders and without the user's own preferences."""

    def __init__(self) -> None:
        self.path, self.version = find_tshark()
        self._folder = tempfile.TemporaryDirectory(prefix="tcptui-tshark-")
        self._environment = os.environ | {"WIRESHARK_CONFIG_DIR": self._folder.name}
        listed = self._run("-G", "protocols").splitlines()
        names = (line.split("\t")[2] for line in listed if line.count("\t") >= 2)
        disabled = "".join(f"{name}\n" for name in names if not CARRIERS.fullmatch(name))
        Path(self._folder.name, "disabled_protos").write_text(disabled)

    def close(self) -> None:
        self._folder.cleanup()

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [self.path, *arguments],
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout

    def fields(self, path: str, names: tuple[str, ...]) -> Iterator[list[str]]:
        """Yield the values of ``names`` for each packet of the file that has a row.

        Raises CaptureError where tshark does not accept the file as a capture.
        """
        command = [self.path, "-n", "-r", path, "-Y", ROWS, "-T", "fields", "-E", "occurrence=a"]
        for name in names:
            command += ["-e", name]
        with subprocess.Popen(
            command,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            errors="replace",
        ) as running:
            assert running.stdout is not None
            packets = 0
            for line in running.stdout:
                packets += 1
                yield line.rstrip("\n").split("\t")
        if running.returncode != 0 and packets == 0:
            raise CaptureError("tshark cannot read it", visible(path), "decompress or convert it")
