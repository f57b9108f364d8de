"""Lists what the copy menu offers: the forms in which a subject can be copied.

A form makes a :class:`CopiedText`: the text, and a caveat where it says more or less than is meant.
"""

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from tcptui.filters.capture_filter_text import Admits, capture_filter
from tcptui.filters.command_lines import editcap_command, tcpdump_command, tshark_command
from tcptui.filters.display_filter_text import CopiedText, display_filter, stream_filter
from tcptui.filters.packet_script import packet_script
from tcptui.filters.scapy_code import scapy_code
from tcptui.filters.subject_words import ExplainRow, json_text, markdown
from tcptui.filters.subjects import OpenCapture, Subject


class Tools(NamedTuple):
    """Holds what some forms can use: libpcap's word on packets, and explanations."""

    admits: Admits | None = None
    why: ExplainRow | None = None


class CopyForm(NamedTuple):
    """One line of the menu; ``selects`` says whether it finds the packets somewhere else,
    ``when_seen`` that it takes long, and is made only for who looks at it."""

    id: str
    title: str
    make: Callable[[OpenCapture, Subject, Tools], CopiedText]
    selects: bool = True
    when_seen: bool = False


FORMS: Final[tuple[CopyForm, ...]] = (
    CopyForm("display", "Wireshark display filter", lambda c, s, t: display_filter(c, s)),
    CopyForm("stream", "Wireshark display filter by number", lambda c, s, t: stream_filter(c, s)),
    CopyForm("bpf", "capture filter (BPF)", lambda c, s, t: capture_filter(c, s, t.admits)),
    CopyForm("tshark", "tshark command", lambda c, s, t: tshark_command(c, s)),
    CopyForm("tcpdump", "tcpdump command", lambda c, s, t: tcpdump_command(c, s, t.admits)),
    CopyForm("editcap", "editcap command", lambda c, s, t: editcap_command(c, s)),
    CopyForm("markdown", "ticket (Markdown)", lambda c, s, t: markdown(c, s, t.why), False),
    CopyForm("json", "JSON", lambda c, s, t: json_text(c, s), False),
    CopyForm("script", "packet script", lambda c, s, t: packet_script(c, s), False, when_seen=True),
    CopyForm("scapy", "scapy code", lambda c, s, t: scapy_code(c, s), False, when_seen=True),
)
BY_ID: Final[dict[str, CopyForm]] = {form.id: form for form in FORMS}


NO_TOOLS: Final = Tools()

BY_RELEASE: Final = re.compile(r"tcp\.(stream\b(?! >= 0)|analysis\b|completeness\b)")
"""Finds what Wireshark's releases decide otherwise; every segment has a stream."""


def copy(form: str, capture: OpenCapture, subject: Subject, tools: Tools = NO_TOOLS) -> CopiedText:
    """Return the subject in a form, given by its id; a filter that another release of Wireshark
    may take otherwise says for which it is right."""
    row = BY_ID[form]
    made = row.make(capture, subject, tools)
    if not row.selects or not BY_RELEASE.search(made.text):
        return made
    release = f"right for {capture.engine.rules.title}"
    return CopiedText(made.text, "; ".join(filter(None, (release, made.caveat))))
