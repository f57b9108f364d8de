"""tcptui is a terminal UI that shows what happened in TCP, and a library that tells it.

``tcptui.read("x.pcap")`` reads a capture; docs/library.md shows what to do with it. What the
library offers is loaded when it is first asked for.
"""

__version__ = "0.1.0"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tcptui.capture.errors import CaptureError
    from tcptui.library.capture import Capture
    from tcptui.library.explanation import Explanation
    from tcptui.library.facts import EndpointFacts, EventFacts, FindingFacts, SegmentFacts
    from tcptui.library.flow import FlowFacts
    from tcptui.library.reading import read
    from tcptui.library.table import Table

PLACES = {
    "Capture": "tcptui.library.capture",
    "CaptureError": "tcptui.capture.errors",
    "EndpointFacts": "tcptui.library.facts",
    "EventFacts": "tcptui.library.facts",
    "Explanation": "tcptui.library.explanation",
    "FindingFacts": "tcptui.library.facts",
    "FlowFacts": "tcptui.library.flow",
    "SegmentFacts": "tcptui.library.facts",
    "Table": "tcptui.library.table",
    "read": "tcptui.library.reading",
}
"""What the library offers, and where it is."""

__all__ = [
    "Capture",
    "CaptureError",
    "EndpointFacts",
    "EventFacts",
    "Explanation",
    "FindingFacts",
    "FlowFacts",
    "SegmentFacts",
    "Table",
    "__version__",
    "read",
]


def __getattr__(name: str) -> object:
    """Load what the library offers under a name."""
    if name not in PLACES:
        raise AttributeError(f"tcptui has no {name!r}")
    from importlib import import_module

    offered: object = getattr(import_module(PLACES[name]), name)
    globals()[name] = offered
    return offered


def __dir__() -> list[str]:
    return sorted({*globals(), *PLACES})
