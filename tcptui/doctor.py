"""Says what works here, what does not, and why not: `tcptui doctor`."""

import locale
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from tcptui import cache_folder, clipboard, terminal
from tcptui.build import why_interpreted
from tcptui.capture.live import libpcap
from tcptui.capture.live.live_options import LiveOptions
from tcptui.capture.live.owners.rights import can_keep_rights
from tcptui.capture.live.permissions import remedies
from tcptui.capture.spool import stale_spools
from tcptui.escapes import visible
from tcptui.text.amounts import amount, size
from tcptui.text.durations import SECOND, clock

CAP_NET_RAW: Final = 1 << 13
MOST_SPOOLS: Final = 3
"""So many files that a crash has left are named."""
TOOLS: Final = (
    ("tshark", "`tcptui compare`"),
    ("dumpcap", "capturing without root"),
    ("mergecap", "commands for several files"),
    ("editcap", "commands that cut slices"),
    ("tcpdump", "commands with capture filters"),
    ("ssh", "`-i ssh://…`, captures on other hosts"),
    ("kubectl", "`-i pod://…`, captures in pods"),
    ("docker", "`-i docker://…`, captures in containers"),
)


class Check(NamedTuple):
    """One line: what was looked at, whether it is fine (None: neutral), and what was found."""

    name: str
    fine: bool | None
    found: str


def report(version: str, environment: Mapping[str, str] = os.environ) -> str:
    """Return all checks, as text."""
    drawn = sys.stdout.isatty()
    sections: tuple[tuple[str, list[Check]], ...] = (
        ("tcptui", list(program(version))),
        ("Clipboard", list(clipboards(environment, drawn))),
        ("Capture", list(capture())),
        ("Terminal", list(screen(environment, drawn))),
        ("Other programs", list(tools(environment))),
    )
    return "\n".join(
        f"{title}\n" + "".join(line(check) for check in checks) for title, checks in sections
    )


def line(check: Check) -> str:
    mark = {True: "yes", False: "no", None: ""}[check.fine]
    return f"  {check.name:<20} {mark:<4} {visible(check.found)}\n"


def program(version: str) -> Iterator[Check]:
    yield Check("version", None, version)
    if reason := why_interpreted():
        yield Check("compiled engine", False, f"{reason}; long captures take long")
    yield Check("Python", None, sys.version.split()[0])
    yield cache()


def cache() -> Check:
    """Return where flow lists are kept, and how much they take."""
    try:
        path = cache_folder.cache_path()
        try:
            kept = cache_folder.kept_files()
        except FileNotFoundError:
            kept = []
    except OSError as error:
        why = error.strerror.lower() if error.strerror else str(error)
        return Check("cache", False, f"not used: {why}")
    held = sum(file.size for file in kept)
    lists = sum(file.name.endswith(".list") for file in kept)
    told = f"{path}: {amount(lists, 'flow list')}, {size(held)}"
    return Check("cache", None, f"{told}; `tcptui doctor clear-cache` removes them")


def clear_cache() -> str:
    """Remove the flow lists that were kept, and say what is there now."""
    with suppress(OSError):
        cache_folder.clear()
    return line(cache())


def clipboards(environment: Mapping[str, str], drawn: bool) -> Iterator[Check]:
    """Yield the routes, in the order in which they are tried."""
    routes = clipboard.routes(environment, drawn)
    for route in routes:
        yield Check(route.name, route.there, route.about)
    if not any(route.there for route in routes):
        yield Check("otherwise", None, "what is copied is saved to a file and printed on exit")


def capture() -> Iterator[Check]:
    """Yield whether packets can be captured from interfaces."""
    try:
        yield Check("libpcap", True, libpcap.version())
    except libpcap.Missing as error:
        yield Check("libpcap", False, str(error))
    if may_capture():
        yield Check("permission", True, "root" if os.geteuid() == 0 else "CAP_NET_RAW")
    else:
        ways = " · ".join(remedies(LiveOptions(interfaces=[])))
        yield Check("permission", False, f"one of these gives the permission: {ways}")
    if sys.platform == "linux":
        whose = "of all users" if can_keep_rights() else "own user only; all with sudo"
        yield Check("processes of flows", None, whose)
    yield from spools_left()


def spools_left() -> Iterator[Check]:
    """Yield the newest spools that a crash has left, and how many more there are."""
    found = []
    for path in stale_spools():
        with suppress(OSError):  # somebody else is deleting them
            status = path.stat()
            found.append((status.st_mtime, status.st_size, path))
    found.sort(reverse=True)
    for written, held, path in found[:MOST_SPOOLS]:
        when = clock(int(written) * SECOND, utc=False)[:16]
        told = f"{path}: open it like a capture, or delete it ({size(held)}, {when})"
        yield Check("left by a crash", None, told)
    older = found[MOST_SPOOLS:]
    if older:
        held = sum(one[1] for one in older)
        told = f"{amount(len(older), 'older spool')}, {size(held)}, in {older[0][2].parent}"
        yield Check("left by a crash", None, told)


def may_capture() -> bool:
    """Return whether this process itself has the right to capture."""
    return os.geteuid() == 0 or bool(capabilities() & CAP_NET_RAW)


def capabilities() -> int:
    """Return the effective capabilities of this process; 0 where the system does not tell."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0
    told = [text.split()[1] for text in status.splitlines() if text.startswith("CapEff:")]
    return int(told[0], 16) if told else 0


def screen(environment: Mapping[str, str], drawn: bool) -> Iterator[Check]:
    """Yield what can be drawn, and how sparingly."""
    size = shutil.get_terminal_size()
    yield Check(
        "terminal", drawn, f"{size.columns}×{size.lines}" if drawn else "stdout is not a terminal"
    )
    yield Check("TERM", None, environment.get("TERM", "not set"))
    yield Check("colours", None, colours(environment))
    plain = terminal.is_plain(environment)
    yield Check(
        "Unicode", not plain, "--ascii is the default here" if plain else locale.getencoding()
    )
    remote = terminal.crosses_network(environment)
    yield Check("over SSH", None, "yes, so --calm is the default" if remote else "no")


def colours(environment: Mapping[str, str]) -> str:
    if environment.get("NO_COLOR"):
        return "none (NO_COLOR is set)"
    if environment.get("COLORTERM") in ("truecolor", "24bit"):
        return "16 million"
    return "256" if "256color" in environment.get("TERM", "") else "16"


def tools(environment: Mapping[str, str]) -> Iterator[Check]:
    for name, use in TOOLS:
        path = shutil.which(name, path=environment.get("PATH"))
        yield Check(name, path is not None, path or f"not found: needed for {use}")
