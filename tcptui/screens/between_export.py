"""Copies filters for each point's file, and saves what all points captured as one."""

import asyncio
from collections.abc import Iterator, Sequence
from functools import partial

from textual.screen import Screen

from tcptui import clipboard
from tcptui.between.comparison import FlowBetween
from tcptui.drawing.cells import clean, plain
from tcptui.filters.display_filter_text import CopiedText
from tcptui.filters.outgoing import BY_ID, Tools, copy
from tcptui.filters.subjects import FlowSubject, OpenCapture, SegmentSubject, Subject
from tcptui.panes.ladder.as_text import WIDTH
from tcptui.panes.ladder.whole import MOST_LINES
from tcptui.panes.lifelines.drawing import JourneyDrawing, header, lay_out, short_names
from tcptui.panes.lifelines.widget import Lifelines
from tcptui.panes.why.widget import Why
from tcptui.report.save_between import save_between
from tcptui.screens.between_points import PointSessions
from tcptui.screens.choice import Choice, ChoiceScreen
from tcptui.screens.copy_menu import CopyScreen
from tcptui.screens.ladder_files import save_text
from tcptui.screens.saving import Save, SaveScreen
from tcptui.screens.triage_offers import OfferedForm, admits
from tcptui.text.amounts import amount
from tcptui.theme import Look

FORMS = {
    "display": "display filter",
    "stream": "filter by number",
    "bpf": "capture filter",
    "tshark": "tshark command",
}
"""The forms in which a flow is copied for each file, with their titles."""
ABOUT_POINTS = (
    "Enter saves one pcapng with an interface for each point, all times on the first point's clock;"
    " comments say what became of the segments that did not just pass."
)
ABOUT_LADDER = f"Enter saves. The ladder as it is folded now, at most {MOST_LINES:,} rows."


class BetweenExport:
    """Makes the menus of what is under the cursor."""

    def __init__(
        self,
        screen: Screen[None],
        look: Look,
        points: PointSessions,
        ladder: Lifelines,
        why: Why,
        copies: list[str],
    ) -> None:
        self.screen = screen
        self.look = look
        self.points = points
        self.ladder = ladder
        self.why = why
        self.copies = copies

    # Copying

    def choose_copy(self, flow: FlowBetween, texts: dict[str, str], *, segment: bool) -> None:
        """Let the user choose the form in which a flow is copied; with ``segment`` also the filter
        of the segment under the ladder's cursor."""
        forms = [*(self.segment_forms() if segment else ()), *self.flow_forms(flow)]
        forms += [
            OfferedForm(name, partial(CopiedText, text), False) for name, text in texts.items()
        ]
        screen = CopyScreen(self.look, "Copy", forms, lambda: None)
        self.screen.app.push_screen(screen, self.copy_chosen)

    def flow_forms(self, flow: FlowBetween) -> Iterator[OfferedForm]:
        """Yield the forms of a flow for each point's files."""
        for place, at in enumerate(flow.seen.at):
            if at is not None:
                for form, title in FORMS.items():
                    yield self.form_of(place, form, title, FlowSubject(int(at.flow.index)))

    def segment_forms(self) -> Iterator[OfferedForm]:
        """Yield a display filter of the segment under the cursor for each point that saw it."""
        fold, journey = self.ladder.fold, self.ladder.journey
        if fold is None or journey is None:
            return
        journeys = fold.journeys
        for place in journeys.seen(journey):
            subject = SegmentSubject(journeys.row(journey, place))
            yield self.form_of(journeys.places[place], "display", "this segment", subject)

    def form_of(self, place: int, form: str, title: str, subject: Subject) -> OfferedForm:
        """Return a form of a subject of one point's files."""
        point = self.points.points[place]
        name = short_names([one.name for one in self.points.points])[place]
        capture = OpenCapture(point.engine, point.files, point.read_packet)
        return OfferedForm(
            clean(f"{name}: {title}"),
            lambda: copy(form, capture, subject, Tools(admits)),
            BY_ID[form].selects,
        )

    def copy_chosen(self, chosen: tuple[str, str] | None) -> None:
        if chosen is not None:
            self.screen.run_worker(self.text_copied(*chosen))

    async def text_copied(self, what: str, text: str) -> None:
        """Send a text to the clipboard, and say which way it went."""
        driver = self.screen.app._driver
        write = driver.write if driver is not None else None
        done = await asyncio.to_thread(clipboard.copy, text, write)
        self.copies.append(text)
        self.why.show_notice(clean(f"{what}: {done}"))

    # Saving

    def choose_save(self, flow: FlowBetween) -> None:
        """Let the user choose what to save, then under which name."""
        comparison = self.points.comparison
        assert comparison is not None
        every = amount(len(comparison.flows), "flow")
        options = [
            Choice("flow", "flow", "as all points captured it, in one pcapng"),
            Choice("all", "all flows", f"{every}, as all points captured them, in one pcapng"),
            Choice("text", "ladder as text", "all of it, as it is folded now"),
        ]

        def chosen(what: str | None) -> None:
            match what:
                case "flow":
                    self.ask_name("flow", "between.pcapng", ABOUT_POINTS, self.save_flows([flow]))
                case "all":
                    saves = self.save_flows(comparison.flows)
                    self.ask_name("all flows", "between.pcapng", ABOUT_POINTS, saves)
                case "text":
                    self.ask_name("ladder as text", "ladder.txt", ABOUT_LADDER, self.save_ladder)

        self.screen.app.push_screen(ChoiceScreen(self.look, "Save what", options), chosen)

    def ask_name(self, what: str, name: str, about: str, save: Save) -> None:
        self.screen.app.push_screen(SaveScreen(self.look, what, name, save, about), self.saved)

    def save_flows(self, flows: Sequence[FlowBetween]) -> Save:
        """Return what saves flows as one pcapng."""

        def save(name: str, overwrite: bool) -> str:
            comparison = self.points.comparison
            assert comparison is not None
            sources = [point.session.source for point in self.points.points]
            return amount(save_between(name, sources, comparison, flows, overwrite), "packet")

        return save

    def save_ladder(self, name: str, overwrite: bool) -> str:
        sources = [point.session.source for point in self.points.points]
        save_text(
            name,
            ladder_text(self.ladder),
            lambda status: any(source.is_reading(status) for source in sources),
            overwrite,
        )
        return "ladder"

    def saved(self, done: str | None) -> None:
        if done is not None:
            self.why.show_notice(done)


def ladder_text(ladder: Lifelines) -> str:
    """Return the ladder as plain text, as it is folded now."""
    fold = ladder.fold
    if fold is None:
        return ""
    settings = ladder.settings._replace(to_scale=False)
    drawing = JourneyDrawing(fold, settings)
    layout = lay_out(WIDTH, [engine.frames for engine in drawing.engines], settings)
    lines = [header(layout, settings, ladder.names)]
    lines += [drawing.line(item, layout) for item in range(min(ladder.count, MOST_LINES))]
    return "".join(plain(line).rstrip() + "\n" for line in lines)
