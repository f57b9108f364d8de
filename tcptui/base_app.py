"""The base of the Textual applications: look, themes, keys in turn, and how they end. Import it
after TEXTUAL_… variables are set."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import ClassVar

from textual import events
from textual.app import App
from textual.binding import BindingType
from textual.command import Provider
from textual.filter import Monochrome, NoColor
from textual.theme import BUILTIN_THEMES, Theme

from tcptui.capture.interrupt import Ended, ended_by_signals
from tcptui.escapes import visible_lines
from tcptui.screens.key_turns import KeyTurns
from tcptui.screens.preferences import Preferences
from tcptui.screens.triage_keys import PROGRAM_KEYS
from tcptui.terminal import keep_modes
from tcptui.theme import PALETTES, Look, Palette
from tcptui.widgets import changed_cells, typed_keys
from tcptui.widgets.canvas import Canvas


def commands() -> type[Provider]:
    """Return what the command palette offers, loaded when it is first asked for."""
    from tcptui.screens.palette import Commands

    return Commands


class BaseApp(App[None]):
    """An application of this program: it has a look, and its keys wait for each other."""

    TITLE = "tcptui"
    CSS_PATH = "screens/triage.tcss"  # read with the rest, parsed once
    CSS = """
    Screen { background: $background; color: $foreground; overflow: hidden; }
    SearchIcon { display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = PROGRAM_KEYS

    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {commands}

    def __init__(self, look: Look) -> None:
        super().__init__()
        changed_cells.install()
        typed_keys.install()
        self.key_turns = KeyTurns(self)
        self.look = look
        self.failure: Exception | None = None
        self.copies: list[str] = []  # what was copied, for when the screen is gone
        for palette in PALETTES.values():
            self.register_theme(textual_theme(palette))
        self.theme = theme_name(look.palette)
        if self.no_color:
            # Textual would draw in greys, which are colours too: https://no-color.org
            plain = [one for one in self._filters if not isinstance(one, Monochrome)]
            self._filters = [*plain, NoColor()]
        if look.calm:
            self.animation_level = "none"

    def on_mount(self) -> None:
        """Paint everything anew where another program had the terminal."""
        self.app_resume_signal.subscribe(self, lambda _: self.action_repaint())

    def action_repaint(self) -> None:
        """Paint everything anew, whatever the terminal shows."""
        changed_cells.forget(self.console)
        self.refresh(layout=True)

    async def on_event(self, event: events.Event) -> None:
        """Let what is typed wait until the key before it has done what it does."""
        if isinstance(event, events.Resize):
            changed_cells.forget(self.console)  # the terminal has moved its lines, or lost some
        typed = isinstance(event, (events.Key, events.Paste)) and not event.is_forwarded
        if not typed or self.key_turns.take_event(event):
            await super().on_event(event)

    def action_interrupt(self) -> None:
        """End the program."""
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


def preferred_look(preferences: Preferences, ascii: bool, calm: bool) -> Look:
    """Return the look with the preferred palette, else with the one that suits the terminal."""
    return Look(preferences.palette or ("terminal" if calm else "dark"), ascii, calm)


def run_app(app: BaseApp, preferences: Preferences) -> int:
    """Show an application until the user quits; return the exit code."""
    app.set_keymap(preferences.keys)
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
