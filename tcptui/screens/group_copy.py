"""Lists the forms in which a group can be copied: what finds its flows elsewhere."""

from collections.abc import Callable
from functools import cache
from typing import Final

from tcptui.drawing.cells import clean
from tcptui.filters.display_filter_text import CopiedText
from tcptui.filters.outgoing import BY_ID, copy
from tcptui.filters.subjects import GroupSubject, OpenCapture
from tcptui.panes.flows.widget import FlowList
from tcptui.report.group_formats import value_of
from tcptui.report.groups.keys import GroupKeys
from tcptui.screens.triage_offers import OfferedForm

FORMS: Final = ("display", "stream", "tshark")


def group_forms(
    capture: OpenCapture, listed: FlowList, keys: GroupKeys, by: str, key: bytes
) -> list[OfferedForm]:
    """Return the forms of a group: those of its flows that are in the list when one is made."""

    @cache
    def subject() -> GroupSubject:
        flows = capture.engine.flows
        some = map(listed.flow_at, range(listed.count))
        own = sorted(n for n in some if flows[n].index >= 0 and keys.of(flows[n]) == key)
        return GroupSubject(tuple(own), by, clean(str(value_of(key))))

    def made(form: str) -> Callable[[], CopiedText]:
        return lambda: copy(form, capture, subject())

    return [OfferedForm(BY_ID[form].title, made(form), selects=True) for form in FORMS]
