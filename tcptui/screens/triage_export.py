"""Copies and saves: it decides what the two menus offer here, and where it goes."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypeVar

from tcptui import clipboard
from tcptui.capture.errors import CaptureError
from tcptui.diagnosis.replays import Replays
from tcptui.drawing.cells import clean
from tcptui.escapes import decoded
from tcptui.fields.view import NoBytes
from tcptui.filters.filter_error import Unanswered
from tcptui.filters.outgoing import Tools, copy
from tcptui.filters.subjects import FlowsSubject, FlowSubject, OpenCapture
from tcptui.panes.graph.span import Span
from tcptui.panes.ladder.as_text import text_of
from tcptui.report.save_packets import save_subject
from tcptui.screens.choice import Choice, ChoiceScreen
from tcptui.screens.copy_menu import CopyScreen
from tcptui.screens.graph_files import ABOUT_GRAPH, GraphFile, graph_files, graph_text
from tcptui.screens.ladder_files import ABOUT_LADDER, LadderFile, drawings, save_text
from tcptui.screens.saving import SaveScreen
from tcptui.screens.ticket_file import ABOUT_TICKET, TICKET, TicketFile, ticket_of
from tcptui.screens.triage_cursor import CursorFollower
from tcptui.screens.triage_graph import time_filter
from tcptui.screens.triage_offers import EVERYTHING, CursorContext, Offer, admits, forms, offers
from tcptui.screens.triage_panes import TriagePanes
from tcptui.text.amounts import amount

MOST_EXPLAINED: Final = 1024
"""Flows between which what is saved goes to and fro, each explained from where it was left."""

Saved = Offer | LadderFile | GraphFile | TicketFile
ChosenOffer = TypeVar("ChosenOffer", Offer, Saved)


class Export:
    """Copies and saves what is under the cursor, marked, or filtered."""

    def __init__(self, panes: TriagePanes, follower: CursorFollower, copies: list[str]) -> None:
        self.panes = panes
        self.follower = follower
        self.copies = copies

    @property
    def capture(self) -> OpenCapture:
        """The capture that the copied and saved packets are part of."""
        live = self.panes.live
        names = tuple(name for name in self.panes.files if name != "-")
        if live is not None:
            names = self.written if live.options.write is not None else ()
        return OpenCapture(self.panes.engine, names, self.read_bytes)

    def read_bytes(self, position: int, captured: int) -> bytes:
        """Return a packet's bytes again. Raises NoBytes where the file has gone."""
        try:
            return self.panes.session.read_packet(position, captured)
        except (CaptureError, OSError) as error:
            raise NoBytes(str(error)) from error

    @property
    def written(self) -> tuple[str, ...]:
        """The files of the live capture; those of a rolling spool are deleted with the program's
        end."""
        live = self.panes.live
        return tuple(map(str, live.source.files)) if live is not None else ()

    def explainer(self) -> Callable[[int], str]:
        """Return what explains rows, many of them: apart from the screen, which goes on."""
        return Replays(self.panes.engine, self.panes.read_packet, MOST_EXPLAINED).why

    def comment_of(self, row: int, why: str) -> str:
        """Return the comment of a saved packet: its number in what was opened, and why."""
        files = ", ".join(decoded(Path(name).name) for name in self.panes.files)
        opened = "the capture" if self.panes.live else files
        return f"#{self.panes.engine.packets.frame(row)} of {opened}: {why}"

    def offers(self) -> list[Offer]:
        """Return what can be copied or saved here."""
        self.follower.follow_now()
        engine, ladder, flows = self.panes.engine, self.panes.ladder, self.panes.flows
        row, mark = ladder.packet_row, ladder.settings.mark
        moments = None
        if row is not None and mark >= 0:
            moments = engine.packets.time(mark), engine.packets.time(row)
        marked, expression = frozenset(flows.marked), self.panes.asked.expression
        return offers(CursorContext(engine, flows.current, row, marked, expression, moments))

    def choose_subject(
        self, title: str, found: Sequence[ChosenOffer], then: Callable[[ChosenOffer], None]
    ) -> None:
        """Let the user choose a subject, then go on with it."""
        options = [Choice(str(n), o.name, clean(o.meaning)) for n, o in enumerate(found)]

        def chosen(number: str | None) -> None:
            if number is not None:
                then(found[int(number)])

        if found:
            self.panes.screen.app.push_screen(ChoiceScreen(self.panes.look, title, options), chosen)
        else:
            self.panes.say_nothing_yet()

    def choose_copy(self) -> None:
        """Let the user choose what to copy, then in which form."""
        self.choose_subject("Copy what", self.offers(), self.copy_subject)

    def copy_time(self, span: Span) -> None:
        """Copy a time span as a display filter."""
        self.panes.screen.run_worker(self.text_copied("time filter", time_filter(span)))

    def copy_ticket(self) -> None:
        """Copy the ticket of the marked flows, or of the one under the cursor."""
        flow, marked = self.panes.flows.current, sorted(self.panes.flows.marked)
        if marked:
            self.panes.screen.run_worker(
                self.ticket_copied(f"ticket of {amount(len(marked), 'flow')}", marked)
            )
        elif flow is not None:
            what = f"ticket of flow {flow.index}"
            self.panes.screen.run_worker(self.ticket_copied(what, [flow.index]))
        else:
            self.panes.say_nothing_yet()

    async def ticket_copied(self, what: str, flows: list[int]) -> None:
        subject = FlowsSubject(tuple(flows)) if len(flows) > 1 else FlowSubject(flows[0])
        tools = Tools(admits, self.explainer())
        self.panes.why.show_notice(f"{what} is being made")
        try:
            made = await asyncio.to_thread(copy, "markdown", self.capture, subject, tools)
        except (NoBytes, CaptureError, Unanswered) as error:
            self.panes.why.show_notice(clean(f"{what}: {error}"))
            return
        await self.text_copied(what, made.text)

    def copy_subject(self, offer: Offer) -> None:
        panes = self.panes
        texts = {"why line": panes.why.text, "ladder as text": text_of(panes.ladder)}
        if panes.graph.is_seen:
            texts["graph as text"] = graph_text(panes.graph)
        capture = self.capture
        made = forms(capture, offer.subject, Tools(admits, self.explainer()), texts)
        screen = CopyScreen(panes.look, f"Copy {offer.name} as", made, capture.searcher.stop)
        panes.screen.app.push_screen(screen, self.copy_chosen)

    def copy_chosen(self, chosen: tuple[str, str] | None) -> None:
        if chosen is not None:
            self.panes.screen.run_worker(self.text_copied(*chosen))

    async def text_copied(self, what: str, text: str) -> None:
        """Send a text to the clipboard, and say below which way it went."""
        self.panes.why.show_notice(await self.text_sent(what, text))

    async def text_sent(self, what: str, text: str) -> str:
        """Send a text to the clipboard; return which way it went."""
        driver = self.panes.screen.app._driver
        write = driver.write if driver is not None else None
        done = await asyncio.to_thread(clipboard.copy, text, write)
        self.copies.append(text)
        return clean(f"{what}: {done}")

    def choose_save(self) -> None:
        """Let the user choose what to save, then under which name."""
        everything: list[Saved] = [EVERYTHING, TICKET]
        graph = self.panes.graph
        found: list[Saved] = [
            *(graph_files(graph) if graph.has_focus else ()),
            *self.offers(),
            *(everything if self.panes.engine.packets.count else ()),
            *drawings(self.panes.ladder),
        ]
        self.choose_subject("Save what", found, self.save_offer)

    def save_offer(self, offer: Saved) -> None:
        if isinstance(offer, GraphFile):
            self.save_text(offer, ABOUT_GRAPH, lambda: offer.make(self.panes.graph))
            return
        if isinstance(offer, LadderFile):
            self.save_text(offer, ABOUT_LADDER, lambda: offer.make(self.panes.ladder))
            return
        if isinstance(offer, TicketFile):
            self.save_text(offer, ABOUT_TICKET, lambda: ticket_of(self.panes))
            return
        panes, capture = self.panes, self.capture

        def save(name: str, overwrite: bool) -> str:
            source, subject, why = panes.session.source, offer.subject, self.explainer()
            number = save_subject(
                name,
                source,
                capture,
                subject,
                lambda row: self.comment_of(row, why(row)),
                overwrite,
                owners=panes.live is not None and panes.live.options.save_processes,
            )
            return amount(number, "packet")

        screen = SaveScreen(
            panes.look, offer.name, offer.file_name, save, stop=capture.searcher.stop
        )
        panes.screen.app.push_screen(screen, self.saved)

    def save_text(
        self, form: LadderFile | GraphFile | TicketFile, about: str, make: Callable[[], str]
    ) -> None:
        """Ask for the name of a drawing or a ticket, and write it."""

        def save(name: str, overwrite: bool) -> str:
            save_text(name, make(), self.panes.session.source.is_reading, overwrite)
            return form.name

        screen = SaveScreen(self.panes.look, form.name, form.file_name, save, about)
        self.panes.screen.app.push_screen(screen, self.saved)

    def saved(self, done: str | None) -> None:
        if done is not None:
            self.panes.why.show_notice(done)
