"""Offers the forms in which to copy: a list that says where a form matches more than is meant."""

import asyncio
from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.screen import Screen

from tcptui.drawing.cells import Line, Run, clean, fit
from tcptui.filters.display_filter_text import CopiedText
from tcptui.panes.why.widget import Why
from tcptui.screens.frame import Below, frame
from tcptui.screens.triage_offers import OfferedForm
from tcptui.theme import Look
from tcptui.widgets.lines import NumberedList
from tcptui.widgets.rows import RowList

PREVIEW = 6
"""Lines of the text that would be copied."""
EXACT = "exactly what is meant"
WHEN_SEEN = "made when the cursor is here"


class CopyScreen(Screen[tuple[str, str] | None]):
    """Makes each form beside the screen; returns the name of the chosen one and its text.

    ``stop`` ends what is still being made when the screen is left.
    """

    CSS_PATH = "choice.tcss"
    AUTO_FOCUS = "#choices"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,left,h", "dismiss(None)", "back", key_display="Esc", id="copy.back",
                tooltip="Copy nothing"),
    ]  # fmt: skip

    def __init__(
        self, look: Look, title: str, forms: Sequence[OfferedForm], stop: Callable[[], None]
    ) -> None:
        super().__init__()
        self.look = look
        self.title_text = title
        self.forms = forms
        self.stop_making = stop
        self.made: list[CopiedText | str | None] = [None] * len(forms)
        self.begun: set[int] = set()  # of the forms that take long
        self.chosen: int | None = None  # to be copied as soon as it is made

    def compose(self) -> ComposeResult:
        self.list = NumberedList(self.look, self.title_text, id="choices")
        self.preview = Why(self.look, "Copies", "Enter copies", id="preview")
        with Container(id="both"):
            yield self.list
            yield self.preview

    def on_mount(self) -> None:
        self.show_forms()
        self.run_worker(self.make_texts())

    def on_resize(self) -> None:
        lines = self.list.HEAD + len(self.forms)
        below = [Below(self.preview, PREVIEW)]
        frame(self, self.query_one("#both"), self.look, lines, below)

    def on_unmount(self) -> None:
        self.stop_making()

    async def make_texts(self) -> None:
        """Make all forms but those that take long, one after the other."""
        for number, form in enumerate(self.forms):
            if not form.when_seen:
                await self.make_text(number)

    async def make_text(self, number: int) -> None:
        """Make a form; one that cannot be made says why."""
        try:
            self.made[number] = await asyncio.to_thread(self.forms[number].make)
        except Exception as error:  # the packets are gone, the filter reads bytes …
            self.made[number] = str(error)
        self.show_forms()
        if number == self.chosen:
            self.form_chosen()

    @property
    def awaits_work(self) -> bool:
        """Whether the chosen form is being made."""
        return self.chosen is not None

    def show_forms(self) -> None:
        self.list.show_lines([self.form_line(number) for number in range(len(self.forms))])
        self.show_preview()

    def form_line(self, number: int) -> Line:
        form = self.forms[number]
        front = Run(f" {fit(form.name, 34)} ", "key")
        match self.made[number]:
            case None:
                waits = form.when_seen and number not in self.begun
                return [front, Run(WHEN_SEEN if waits else "…", "dim")]
            case CopiedText(_, ""):
                return [front, Run(EXACT if form.selects else "", "dim")]
            case CopiedText(_, caveat):
                return [front, Run(clean(caveat), "warning")]
            case reason:
                return [front, Run(f"not possible: {clean(reason)}", "error")]

    @on(RowList.Moved)
    def look_at_form(self) -> None:
        """Show the form under the cursor; one that takes long is begun now."""
        number = self.list.cursor
        if self.forms[number].when_seen and number not in self.begun:
            self.begun.add(number)
            self.run_worker(self.make_text(number))
            self.show_forms()
        self.show_preview()

    def show_preview(self) -> None:
        """Show the text under the cursor, and its caveat in full."""
        made = self.made[self.list.cursor]
        if isinstance(made, CopiedText):
            caveat = f"[{made.caveat}] " if made.caveat else ""
            self.preview.show_text(clean(caveat + made.text[:2000].replace("\n", " ⏎ ")))
        else:
            self.preview.show_text(clean(made or "…"))

    @on(RowList.Chosen)
    def form_chosen(self) -> None:
        """Copy the chosen form, or wait for it."""
        number = self.list.cursor if self.chosen is None else self.chosen
        made = self.made[number]
        self.chosen = number if made is None else None
        if isinstance(made, CopiedText):
            self.dismiss((self.forms[number].name, made.text))
