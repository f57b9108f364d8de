"""The copy menu: what can be copied of a subject, in which form.

A form makes a :class:`Copy`: the text, and a caveat where it says more or less than is meant.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

from tcptui.filters.bpf import Admits, capture_filter
from tcptui.filters.commands import editcap_command, tcpdump_command, tshark_command
from tcptui.filters.display import Copy, display_filter, stream_filter
from tcptui.filters.subjects import Capture, Subject
from tcptui.filters.words import Why, json_text, markdown


class Tools(NamedTuple):
    """What some forms can do better with: libpcap's word on packets, and explanations."""

    admits: Admits | None = None
    why: Why | None = None


class Form(NamedTuple):
    """One line of the menu; ``selects`` says whether it finds the packets somewhere else."""

    id: str
    title: str
    make: Callable[[Capture, Subject, Tools], Copy]
    selects: bool = True


FORMS: Final[tuple[Form, ...]] = (
    Form("display", "Wireshark display filter", lambda c, s, t: display_filter(c, s)),
    Form("stream", "Wireshark display filter by number", lambda c, s, t: stream_filter(c, s)),
    Form("bpf", "capture filter (BPF)", lambda c, s, t: capture_filter(c, s, t.admits)),
    Form("tshark", "tshark command", lambda c, s, t: tshark_command(c, s)),
    Form("tcpdump", "tcpdump command", lambda c, s, t: tcpdump_command(c, s, t.admits)),
    Form("editcap", "editcap command", lambda c, s, t: editcap_command(c, s)),
    Form("markdown", "in words (Markdown)", lambda c, s, t: markdown(c, s, t.why), False),
    Form("json", "JSON", lambda c, s, t: json_text(c, s), False),
)
BY_ID: Final[dict[str, Form]] = {form.id: form for form in FORMS}


NO_TOOLS: Final = Tools()


def copy(form: str, capture: Capture, subject: Subject, tools: Tools = NO_TOOLS) -> Copy:
    """The subject in a form, by its id."""
    return BY_ID[form].make(capture, subject, tools)
