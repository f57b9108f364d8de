"""The Textual application has the look and the screens. Import it after TEXTUAL_… variables are
set."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import ClassVar

from textual import events
from textual.app import App
from textual.binding import BindingType
from textual.command import Provider
from textual.theme import BUILTIN_THEMES, Theme

from tcptui.capture.errors import CaptureError
from tcptui.capture.interrupt import Ended, ended_by_signals
from tcptui.captures import Captures, OpenedSession, OtherRulesRefused
from tcptui.escapes import visible_lines
from tcptui.garbage import SECONDS, Garbage
from tcptui.screens.key_turns import KeyTurns
from tcptui.screens.preferences import Preferences, load
from tcptui.screens.triage import TriageScreen
from tcptui.screens.triage_filter import EVERYTHING, Asked
from tcptui.screens.triage_kept import Kept, kept_of
from tcptui.screens.triage_keys import PROGRAM_KEYS
from tcptui.terminal import keep_modes
from tcptui.theme import PALETTES, Look, Palette
from tcptui.widgets import changed_cells, typed_keys
from tcptui.widgets.canvas import Canvas


def commands() -> type[Provider]:
    """Return what the command palette offers, loaded when it is first asked for."""
    from tcptui.screens.palette import Commands

    return Commands


class TcptuiApp(App[None]):
    """Shows what was opened, and opens something else."""

    TITLE = "tcptui"
    CSS_PATH = "screens/triage.tcss"  # read with the rest, parsed once
    CSS = """
    Screen { background: $background; color: $foreground; overflow: hidden; }
    SearchIcon { display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = PROGRAM_KEYS

    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {commands}

    def __init__(
        self,
        captures: Captures,
        opened: OpenedSession | None,
        look: Look,
        preferences: Preferences,
        asked: Asked = EVERYTHING,
    ) -> None:
        super().__init__()
        changed_cells.install()
        typed_keys.install()
        self.key_turns = KeyTurns(self)
        self.captures = captures
        self.opened = opened
        self.preferences = preferences
        self.asked = asked
        self.look = look
        self.triage: TriageScreen | None = None
        self.garbage = Garbage()
        self.failure: Exception | None = None
        self.copies: list[str] = []  # what was copied, for when the screen is gone
        for palette in PALETTES.values():
            self.register_theme(textual_theme(palette))
        self.theme = theme_name(look.palette)
        if look.calm:
            self.animation_level = "none"

    async def on_event(self, event: events.Event) -> None:
        """Let what is typed wait until the key before it has done what it does."""
        typed = isinstance(event, (events.Key, events.Paste)) and not event.is_forwarded
        if not typed or self.key_turns.take_event(event):
            await super().on_event(event)

    def on_mount(self) -> None:
        self.set_interval(SECONDS, self.collect_garbage)
        if self.opened is not None:
            self.push_screen(self.triage_of(self.opened))
            self.call_after_refresh(self.opened.session.end_rests)
            self.set_interval(0.2, partial(self.leave_unreadable, self.opened))
        else:
            self.action_choose()

    def triage_of(self, opened: OpenedSession, kept: Kept | None = None) -> TriageScreen:
        """Return the triage screen over what was opened, with what is ``kept`` of the last one."""
        asked = kept.asked if kept is not None else self.asked
        self.opened = opened
        self.triage = TriageScreen(opened, self.look, self.preferences, self.copies, asked, kept)
        return self.triage

    def collect_garbage(self) -> None:
        self.garbage.collect(len(self.opened.engine.flows) if self.opened is not None else 0)

    # What is looked at

    def action_choose(self) -> None:
        """Choose interfaces or a file; the filter of the running capture is already filled in."""
        from tcptui.screens.chooser import ChooserScreen

        live = self.opened.live if self.opened is not None else None
        marked, text = (live.options.interfaces, live.options.expression) if live else ((), "")
        screen = ChooserScreen(self.look, self.open_interfaces, self.open_file, marked, text)
        self.push_screen(screen, self.chosen)

    def open_interfaces(self, names: Sequence[str], expression: str) -> OpenedSession:
        """Begin a capture, or restart the running one with another filter."""
        from tcptui.capture.live.live_capture import CaptureState as Capturing

        live = self.opened.live if self.opened is not None else None
        running = live is not None and live.state is Capturing.RUNNING
        if live is not None and running and set(live.options.interfaces) == set(names):
            return self.captures.capture_again(live, expression)
        return self.captures.capture(names, expression)

    def open_file(self, path: str) -> OpenedSession:
        return self.captures.open_files([path])

    def chosen(self, opened: OpenedSession | None, kept: Kept | None = None) -> None:
        """Show what was opened in place of what was shown; the program ends if that is nothing."""
        before = self.opened
        if opened is not None:
            opened.session.start()
            if before is None:
                self.push_screen(self.triage_of(opened))
            else:
                self.switch_screen(self.triage_of(opened, kept))
                self.run_worker(self.captures.leave_earlier, thread=True)
        elif before is None:
            self.exit()

    def action_analyse_by(self, name: str) -> None:
        """Analyse the same files by another rule set, or say why that cannot be."""
        from tcptui.engine.wireshark.rule_sets import RULE_SETS

        if self.opened is None or self.triage is None:
            return
        try:
            opened = self.captures.open_by_rules(self.opened, RULE_SETS[name])
        except (OtherRulesRefused, CaptureError) as refusal:
            self.notify(str(refusal), severity="warning", markup=False)
            return
        self.chosen(opened, kept_of(self.triage, name))

    def action_interrupt(self) -> None:
        """End the filter that is being applied, the capture or the reading; otherwise end the
        program."""
        triage = self.triage
        if triage is None or not (triage.flow_order.stop_filter() or triage.live_keys.stop_input()):
            self.exit()

    def leave_unreadable(self, named: OpenedSession) -> None:
        """End where what the command line named turns out not to be a capture, as a stream may do
        late.

        A user who looks at something else by then stays.
        """
        if named is self.opened and named.unreadable:
            self.exit()

    def leave_at_signal(self, number: int) -> None:
        """Give the terminal back when the system or the connection ends the program."""
        if self._loop is None:
            raise Ended(number)
        self._loop.call_soon_threadsafe(partial(self.exit, return_code=128 + number))

    def _handle_exception(self, error: Exception) -> None:
        """End with ``error``, which `run` raises again: no traceback is drawn."""
        self.failure = self.failure or error
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        self._close_messages_no_wait()

    def action_help(self) -> None:
        """Show help for the focused pane, or hide it."""
        from tcptui.screens.help import HelpScreen

        if isinstance(self.screen, HelpScreen):
            self.screen.dismiss()
        else:
            self.push_screen(HelpScreen(self.look, self.screen))

    def action_use(self, palette: str) -> None:
        """Draw everything in another palette."""
        self.look.palette = palette
        self.theme = theme_name(palette)
        for screen in self.screen_stack:
            for canvas in screen.query(Canvas):
                canvas.repaint_all()


def theme_name(palette: str) -> str:
    """Return the name under which Textual knows a palette."""
    return f"tcptui-{palette}"


def textual_theme(palette: Palette) -> Theme:
    """Return the palette for what Textual draws itself: help panel, palette, input."""
    if palette.background is None:
        base = BUILTIN_THEMES["ansi-dark" if palette.dark else "ansi-light"]
        return replace(base, name=theme_name(palette.name))
    styles = palette.styles
    return Theme(
        name=theme_name(palette.name),
        dark=palette.dark,
        primary=styles["client"],
        secondary=styles["server"],
        warning=styles["warning"],
        error=styles["error"].split()[-1],
        success=styles["good"],
        accent=styles["server"],
        foreground=styles["text"],
        background=palette.background,
        surface=palette.grounds["resting"].split()[-1],
        panel=palette.grounds["resting"].split()[-1],
    )


def run(
    captures: Captures,
    opened: OpenedSession | None,
    *,
    calm: bool = False,
    ascii: bool = False,
    palette: str | None = None,
    asked: Asked = EVERYTHING,
) -> int:
    """Show ``opened``, whose session has not been started, until the user quits; return the exit
    code.

    None begins with the chooser. ``palette`` is one of :data:`tcptui.theme.PALETTES`, ``asked``
    the filter to begin with; ``captures`` opens what is chosen.
    """
    preferences = load()
    chosen = palette or preferences.palette or ("terminal" if calm else "dark")
    app = TcptuiApp(captures, opened, Look(chosen, ascii, calm), preferences, asked)
    app.set_keymap(preferences.keys)
    if opened is not None:
        opened.session.start(politely=True)
    give_back = keep_modes()
    with ended_by_signals(app.leave_at_signal, give_back):
        try:
            app.run()
        except Exception as error:  # often one that follows from the first
            app.failure = app.failure or error
    if app.failure:
        give_back()  # Textual may have failed before it could
        raise app.failure
    for text in app.copies:
        print(visible_lines(text))
    return app.return_code or 0
