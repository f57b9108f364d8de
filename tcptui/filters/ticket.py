"""Writes what goes into a ticket: which file it is, and a flow's answer with its proof, and how to
see it again."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from tcptui.diagnosis.decisive import small_ladder
from tcptui.engine.addresses import endpoint_text
from tcptui.engine.tcp_state.outcome import closing, opening
from tcptui.escapes import visible
from tcptui.filters.command_lines import command, tshark_with
from tcptui.filters.display_filter_text import display_filter
from tcptui.filters.subjects import FlowSubject, OpenCapture
from tcptui.findings.capture_point import Sureness, capture_point_of
from tcptui.findings.judgement import Judgement, as_sentence
from tcptui.findings.jumps import flow_extent_text
from tcptui.findings.limits import limits_of
from tcptui.findings.path_limits import limits_text
from tcptui.text.amounts import amount
from tcptui.text.durations import clock

MOST_TOLD: Final = 4
"""How many findings of one flow are listed."""
BLOCK: Final = 1 << 20
MOST_DIGESTS: Final = 100
"""Of so many files the hash is kept."""


def file_line(name: str, path_name: str | None) -> str:
    """Return a file's name, size and hash: ``web.pcapng``, 12,345 bytes, SHA-256 …; the name alone
    where it lies nowhere, or cannot be read again."""
    shown = f"`{cell(Path(name).name)}`"
    if path_name is None:
        return shown
    path = Path(path_name)
    try:
        if not path.is_file():
            return shown
        stat = path.stat()
        version = (stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns)
        digest, size = digest_of(path, version)
    except (OSError, ValueError):
        return shown
    return f"{shown}, {amount(size, 'byte')}, SHA-256 `{digest}`"


@lru_cache(MOST_DIGESTS)
def digest_of(path: Path, _version: tuple[int, ...]) -> tuple[str, int]:
    """Return a file's hash and size, read once for each version of it. Raises OSError."""
    digest, size = sha256(), 0
    with path.open("rb") as data:
        while block := data.read(BLOCK):
            digest.update(block)
            size += len(block)
    return digest.hexdigest(), size


def file_lines(names: Sequence[str], paths: Sequence[str | None]) -> Iterator[str]:
    """Yield a line for each file of a capture, from its name and where it lies, None for what is no
    file."""
    for name, path in zip(names, paths, strict=True):
        yield f"- File: {file_line(name, path)}\n"


def flow_ticket(capture: OpenCapture, judged: Judgement) -> Iterator[str]:
    """Yield the lines of a flow: the answer, who it was between, the proof, what to do next, how to
    see it again, and a small ladder."""
    flow = judged.flow
    rules = capture.engine.rules.title
    ends = f"{endpoint_text(flow.client)} → {endpoint_text(flow.server)}"
    yield f"### {cell(judged.headline())}\n\n"
    name = capture.engine.name_of(flow)
    named = f", {cell(name)}" if name else ""
    yield f"Flow **{flow.index}** ({rules}), {ends}{named}:\n\n"
    for line in (*judged.proof(), *figures(judged)):
        yield f"- {cell(line)}\n"
    for finding in judged.found[:MOST_TOLD]:
        frames = f" ({finding.frames})" if finding.frames else ""
        yield f"- {finding.severity} `{finding.kind}`{frames}: {cell(finding.text)}\n"
    if len(judged.found) > MOST_TOLD:
        yield f"- and {len(judged.found) - MOST_TOLD} more\n"
    yield from ways_to_see(capture, judged)
    yield "\n```text\n"
    for line in small_ladder(judged):
        yield f"{line}\n"
    yield "```\n"


def figures(judged: Judgement) -> Iterator[str]:
    """Yield when it was, how it went, where its time went, and where it was captured."""
    flow = judged.flow
    first, last = clock(flow.first_time, utc=True), clock(flow.last_time, utc=True)
    yield f"From {first} to {last} ({flow_extent_text(flow)})."
    yield (
        f"{amount(flow.client.bytes, 'byte')} ↑ {amount(flow.server.bytes, 'byte')} ↓, "
        f"opened {opening(flow).value}, closed {closing(flow).value}."
    )
    went = judged.time_went()
    if went:
        yield went
    point = capture_point_of(flow)
    if point.sureness is not Sureness.NONE:
        yield as_sentence(point.text)
    limits = limits_of(judged.engine, flow)
    if limits is not None:
        yield as_sentence(limits_text(limits, judged.found))


def ways_to_see(capture: OpenCapture, judged: Judgement) -> Iterator[str]:
    """Yield the display filter and the commands that show the flow again."""
    copy = display_filter(capture, FlowSubject(int(judged.flow.index)))
    yield f"- Display filter: `{code(copy.text)}`\n"
    leading = judged.leading()
    frame = leading.first_frame if leading is not None else 0
    if frame and len(capture.names) == 1:
        explain = command(capture, f"tcptui explain {{file}} {frame}", "")
        yield f"- Explained: `{code(explain.text)}`\n"
    yield f"- Seen again: `{code(tshark_with(capture, copy).text)}`\n"


def code(text: str) -> str:
    """Return a text that stands as it is between back quotes."""
    return visible(text).replace("`", "'")


def cell(text: str) -> str:
    """Return a text that does not break Markdown's tables and code, and shows what does not
    print."""
    return visible(text).replace("|", "\\|").replace("`", "'")
