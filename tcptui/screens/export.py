"""Copying and saving: what the two menus offer here, and where it goes."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from tcptui import clipboard
from tcptui.capture.errors import CaptureError
from tcptui.diagnosis import explain
from tcptui.drawing.cells import clean
from tcptui.escapes import decoded
from tcptui.fields.view import NoBytes
from tcptui.filters.outgoing import Tools
from tcptui.filters.subjects import OpenCapture
from tcptui.panes.ladder.as_text import text_of
from tcptui.report.save_packets import save_subject
from tcptui.screens.arranging import Arranging
from tcptui.screens.choice import ChoiceScreen, Option
from tcptui.screens.copy_menu import CopyScreen
from tcptui.screens.copy_offers import EVERYTHING, CursorPlace, Offer, admits, forms, offers
from tcptui.screens.desk import TriagePanes
from tcptui.screens.following import Following
from tcptui.screens.ladder_files import ABOUT_LADDER, LadderFile, drawings, save_text
from tcptui.screens.saving import SaveScreen
from tcptui.text.numbers import of_many

Chosen = TypeVar("Chosen", Offer, Offer | LadderFile)


class Export:
    """Copies and saves what is under the cursor, marked, or filtered."""

    def __init__(
        self, desk: TriagePanes, following: Following, arranging: Arranging, copies: list[str]
    ) -> None:
        self.desk = desk
        self.following = following
        self.arranging = arranging
        self.copies = copies

    @property
    def capture(self) -> OpenCapture:
        """What the copied and saved packets are part of."""
        live = self.desk.live
        names = tuple(name for name in self.desk.files if name != "-")
        if live is not None:
            names = self.written if live.options.write is not None else ()
        return OpenCapture(self.desk.engine, names, self.read)

    def read(self, position: int, captured: int) -> bytes:
        """A packet's bytes again. NoBytes where the file has gone."""
        try:
            return self.desk.session.read_packet(position, captured)
        except (CaptureError, OSError) as error:
            raise NoBytes(str(error)) from error

    @property
    def written(self) -> tuple[str, ...]:
        """The files of the live capture; those of a rolling spool go with the program."""
        live = self.desk.live
        return tuple(map(str, live.source.files)) if live is not None else ()

    def why_of(self, row: int) -> str:
        return explain.why(self.desk.engine, row)

    def comment_of(self, row: int) -> str:
        """The same for a saved packet: its numbers are those of what was opened."""
        files = ", ".join(decoded(Path(name).name) for name in self.desk.files)
        opened = "the capture" if self.desk.live else files
        return f"#{int(self.desk.engine.packets.frame(row))} of {opened}: {self.why_of(row)}"

    def offers(self) -> list[Offer]:
        """What can be copied or saved here."""
        self.following.now()
        engine, ladder, flows = self.desk.engine, self.desk.ladder, self.desk.flows
        row, mark = ladder.packet_row, ladder.settings.mark
        moments = None
        if row is not None and mark >= 0:
            moments = int(engine.packets.time(mark)), int(engine.packets.time(row))
        marked, expression = frozenset(flows.marked), self.arranging.asked.expression
        return offers(CursorPlace(engine, flows.current, row, marked, expression, moments))

    def choose(self, title: str, found: Sequence[Chosen], then: Callable[[Chosen], None]) -> None:
        """Ask of what, then go on with it."""
        options = [Option(str(n), o.name, clean(o.meaning)) for n, o in enumerate(found)]

        def chosen(number: str | None) -> None:
            if number is not None:
                then(found[int(number)])

        if found:
            self.desk.screen.app.push_screen(ChoiceScreen(self.desk.look, title, options), chosen)
        else:
            self.desk.tell_nothing()

    def copy(self) -> None:
        """Choose what to copy, then in which form."""
        self.choose("Copy what", self.offers(), self.copy_subject)

    def copy_subject(self, offer: Offer) -> None:
        desk = self.desk
        texts = {"why line": desk.why.text, "ladder as text": text_of(desk.ladder)}
        made = forms(self.capture, offer.subject, Tools(admits, self.why_of), texts)
        screen = CopyScreen(desk.look, f"Copy {offer.name} as", made)
        desk.screen.app.push_screen(screen, self.copy_chosen)

    def copy_chosen(self, chosen: tuple[str, str] | None) -> None:
        if chosen is not None:
            self.desk.screen.run_worker(self.copied(*chosen))

    async def copied(self, what: str, text: str) -> None:
        """Send a text to the clipboard, and say by which way it went."""
        driver = self.desk.screen.app._driver
        write = driver.write if driver is not None else None
        done = await asyncio.to_thread(clipboard.copy, text, write)
        self.copies.append(text)
        self.desk.why.tell(clean(f"{what}: {done}"))

    def save(self) -> None:
        """Choose what to save, then under which name."""
        everything = [EVERYTHING] if self.desk.engine.packets.count else []
        found: list[Offer | LadderFile] = [*self.offers(), *everything, *drawings(self.desk.ladder)]
        self.choose("Save what", found, self.save_offer)

    def save_offer(self, offer: Offer | LadderFile) -> None:
        if isinstance(offer, LadderFile):
            self.save_ladder(offer)
            return
        desk = self.desk

        def save(name: str, overwrite: bool) -> str:
            source, subject = desk.session.source, offer.subject
            number = save_subject(name, source, self.capture, subject, self.comment_of, overwrite)
            return of_many(number, "packet")

        screen = SaveScreen(desk.look, offer.name, offer.file_name, save)
        desk.screen.app.push_screen(screen, self.saved)

    def save_ladder(self, form: LadderFile) -> None:
        """Ask for the name of a drawing, and write it."""

        def save(name: str, overwrite: bool) -> str:
            text = form.make(self.desk.ladder)
            save_text(name, text, self.desk.session.source.is_reading, overwrite)
            return form.name

        screen = SaveScreen(self.desk.look, form.name, form.file_name, save, ABOUT_LADDER)
        self.desk.screen.app.push_screen(screen, self.saved)

    def saved(self, done: str | None) -> None:
        if done is not None:
            self.desk.why.tell(done)
