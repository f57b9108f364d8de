"""Makes the command that runs tcpdump elsewhere: on another host through the user's ssh, in a pod
through kubectl, in a container through docker."""

import re
import shlex
from collections.abc import Callable
from typing import Final, NamedTuple

from tcptui.capture.errors import CaptureError
from tcptui.capture.live.live_options import LiveOptions
from tcptui.capture.live.remote_address import FORMS
from tcptui.capture.options import CaptureOptions

LABEL: Final = "[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?"
"""A label of RFC 1123, as Kubernetes has it: namespaces and containers of a pod."""
NAME: Final = rf"(?=[^/]{{1,253}}(?:/|$)){LABEL}(?:\.{LABEL})*"
"""Labels with dots between them: pods."""

SCRIPT: Final = """\
expression=$1; shift
own=$(set -- $SSH_CONNECTION
[ -n "$4" ] && echo "not (host ${1%%\\%*} and host ${3%%\\%*} and tcp port $2 and tcp port $4)")
[ -n "$own" ] && [ -n "$expression" ] && expression="$own and ($expression)"
exec tcpdump -U -n -w - "$@" -- "${expression:-$own}"
"""
"""Runs tcpdump without the packets of this very connection. Its arguments: the capture filter,
then options."""


class RemoteRoute(NamedTuple):
    """A way to tcpdump elsewhere: the address of what is captured, the command, what to do where
    its program is missing, and what to try where it fails."""

    address: re.Pattern[str]
    command: Callable[[re.Match[str], LiveOptions], list[str]]
    install: str
    otherwise: str


def command(url: str, options: LiveOptions) -> list[str]:
    """Return the command that captures there. Raises CaptureError if the address is malformed."""
    route = route_of(url)
    match = route.address.fullmatch(url)
    if not match:
        raise CaptureError("this is not an address", url, f"write {form_of(url)}")
    return route.command(match, options)


def route_of(url: str) -> RemoteRoute:
    """Return the way to an address."""
    return ROUTES[scheme_of(url)]


def form_of(url: str) -> str:
    """Return how such an address is written."""
    scheme = scheme_of(url)
    return FORMS[scheme] + NAMES.get(scheme, "")


def scheme_of(url: str) -> str:
    return f"{url.partition('://')[0]}://"


def ssh_command(match: re.Match[str], options: LiveOptions) -> list[str]:
    """Return the command for an interface of another host."""
    host, port, interface = match.groups()
    there = ["sh", "-c", SCRIPT, "tcptui", options.expression]
    there += ["-i", interface, *options.tcpdump_options(), *user_option(options)]
    way = ["-p", str(port)] if port else []
    return ["ssh", "-T", *way, "--", host.replace("[", "").replace("]", ""), shlex.join(there)]


def pod_command(match: re.Match[str], options: LiveOptions) -> list[str]:
    """Return the command for all interfaces of a pod."""
    namespace, pod, container = match.groups()
    chosen = ["-c", container] if container else []
    return ["kubectl", "exec", "-n", namespace, pod, *chosen, "--", *tcpdump(options)]


def docker_command(match: re.Match[str], options: LiveOptions) -> list[str]:
    """Return the command for all interfaces of a container; what follows its name is not docker's
    to read."""
    return ["docker", "exec", match[1], *tcpdump(options)]


def tcpdump(options: LiveOptions) -> list[str]:
    """Return tcpdump's own command in a container, whose tcpdump may be small and old: it gets
    nothing that was not asked for."""
    plain = CaptureOptions()
    snaplen = 0 if options.snaplen == plain.snaplen else options.snaplen
    there = ["tcpdump", "-U", "-s", str(snaplen), "-w", "-", "-i", "any"]
    there += ["-B", str(options.buffer)] if options.buffer != plain.buffer else []
    there += [*options.asked_options(), *user_option(options)]
    return there + (["--", options.expression] if options.expression else [])


def user_option(options: LiveOptions) -> list[str]:
    """Return the option that makes tcpdump another user once it captures."""
    return ["-Z", options.user] if options.user else []


NAMES: Final = {
    "pod://": ": names of RFC 1123, of lower-case letters, digits and -",
    "docker://": ": a name of RFC 1123, of lower-case letters, digits and -, or the container's ID",
}
ROUTES: Final = {
    "ssh://": RemoteRoute(
        re.compile(r"ssh://((?:[^@/]+@)?(?:\[[^\]/]+\]|[^:@/]+))(?::(\d+))?/([^/]+)/?"),
        ssh_command,
        "install OpenSSH's client",
        "try that host with ssh alone",
    ),
    "pod://": RemoteRoute(
        re.compile(f"pod://({LABEL})/({NAME})(?:/({LABEL}))?/?"),
        pod_command,
        "install kubectl",
        "try `kubectl exec` alone: the container needs tcpdump and the right to capture",
    ),
    "docker://": RemoteRoute(
        re.compile(f"docker://({NAME})/?"),
        docker_command,
        "install docker's client",
        "try `docker exec` alone: the container needs tcpdump and the right to capture",
    ),
}
