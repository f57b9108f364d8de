"""`-i ssh://[user@]host[:port]/interface`: tcpdump over there, through the user's own ssh."""

import re
import shlex
import subprocess
import threading
from collections.abc import Callable
from typing import Final

from tcptui.capture.errors import CaptureError
from tcptui.capture.live.options import LiveOptions

SCHEME: Final = "ssh://"
ADDRESS: Final = re.compile(r"ssh://((?:[^@/]+@)?(?:\[[^\]/]+\]|[^:@/]+))(?::(\d+))?/([^/]+)/?")
NOISE: Final = ("tcpdump: listening on ", "tcpdump: data link type ")
"""What tcpdump says although all is well."""

SCRIPT: Final = """\
expression=$1; shift
own=$(set -- $SSH_CONNECTION
[ -n "$4" ] && echo "not (host ${1%%\\%*} and host ${3%%\\%*} and tcp port $2 and tcp port $4)")
[ -n "$own" ] && [ -n "$expression" ] && expression="$own and ($expression)"
exec tcpdump -U -n -w - "$@" -- "${expression:-$own}"
"""
"""Runs tcpdump without the packets of this very connection. Its arguments: the capture filter,
then options."""


def is_remote(interface: str) -> bool:
    """Whether this interface is on another host."""
    return interface.startswith(SCHEME)


def command(url: str, options: LiveOptions) -> list[str]:
    """The ssh command that captures there. CaptureError for what is no such address."""
    match = ADDRESS.fullmatch(url)
    if not match:
        raise CaptureError("not an address", url, "write ssh://[user@]host[:port]/interface")
    host, port, interface = match.groups()
    there = ["sh", "-c", SCRIPT, "tcptui", options.expression]
    there += ["-i", interface, "-s", str(options.snaplen), "-B", str(options.buffer)]
    there += ["--time-stamp-precision=nano"]
    there += ["-c", str(options.count)] if options.count else []
    there += [] if options.promiscuous else ["-p"]
    way = ["-p", str(port)] if port else []
    return ["ssh", "-T", *way, "--", host.replace("[", "").replace("]", ""), shlex.join(there)]


class Remote:
    """An ssh that runs: `output` gives the capture; what it says goes to `told`, line by line."""

    def __init__(self, url: str, options: LiveOptions, told: Callable[[str], None]) -> None:
        """Start it; it asks for passwords on the terminal. CaptureError."""
        try:
            self.ssh = subprocess.Popen(
                command(url, options),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        except OSError as error:
            raise CaptureError(f"ssh: {error.strerror}", url, "install OpenSSH's client") from None
        self._told = told
        self._listener = threading.Thread(target=self._listen, name="ssh", daemon=True)
        self._listener.start()

    @property
    def output(self) -> int:
        """The file descriptor that the capture comes from."""
        assert self.ssh.stdout
        return self.ssh.stdout.fileno()

    def close(self) -> None:
        """End it."""
        self.ssh.terminate()
        self.ssh.wait()
        self._listener.join(1)

    def _listen(self) -> None:
        assert self.ssh.stderr
        for line in self.ssh.stderr:
            text = line.decode("utf-8", "replace").strip()
            if text and not text.startswith(NOISE):
                self._told(text)
