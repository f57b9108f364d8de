"""The Textual application: look and screens. Import it after TEXTUAL_… variables are set."""

import asyncio
import signal
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import ClassVar

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.theme import BUILTIN_THEMES, Theme

from tcptui.capture.live.capture import LiveCapture
from tcptui.engine.engine import Engine
from tcptui.screens.filtering import EVERYTHING, Asked
from tcptui.screens.preferences import Preferences, load
from tcptui.screens.triage import TriageScreen
from tcptui.session import Session
from tcptui.theme import PALETTES, Look, Palette
from tcptui.widgets import terse
from tcptui.widgets.canvas import Canvas


class TcptuiApp(App[None]):
    """Shows one session."""

    TITLE = "tcptui"
    CSS = """
    Screen { background: $background; color: $foreground; overflow: hidden; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "interrupt", "stop", show=False, id="app.interrupt", priority=True,
                tooltip="End the live capture and go on browsing; else quit"),
        Binding("ctrl+z", "suspend_process", "suspend", show=False, id="app.suspend",
                tooltip="Back to the shell; fg returns"),
        Binding("colon", "command_palette", "commands", show=False, id="app.commands",
                tooltip="All commands by name"),
    ]  # fmt: skip

    def __init__(
        self,
        session: Session,
        look: Look,
        files: Sequence[str],
        preferences: Preferences,
        live: LiveCapture | None = None,
        asked: Asked = EVERYTHING,
    ) -> None:
        super().__init__()
        terse.install()
        self.preferences = preferences
        self.session = session
        self.live = live
        self.asked = asked
        self.look = look
        self.files = files
        self.copies: list[str] = []  # what was copied, for when the screen is gone
        for palette in PALETTES.values():
            self.register_theme(textual_theme(palette))
        self.theme = theme_name(look.palette)
        if look.calm:
            self.animation_level = "none"

    def on_mount(self) -> None:
        self.leave_in_order()
        engine = self.session.engine
        assert isinstance(engine, Engine)
        self.triage = TriageScreen(
            self.session, engine, self.look, self.files, self.preferences, self.copies,
            self.live, self.asked,
        )  # fmt: skip
        self.push_screen(self.triage)

    def action_interrupt(self) -> None:
        """End the capture, or the program where none runs."""
        if not self.triage.live_keys.stop():
            self.exit()

    def leave_in_order(self) -> None:
        """Give the terminal back when the system or the connection ends the program."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            with suppress(NotImplementedError):
                leave = partial(self.exit, return_code=128 + number)
                loop.add_signal_handler(number, leave)

    def action_help(self) -> None:
        """Textual's help panel for the focused pane, or away with it."""
        from textual.widgets import HelpPanel

        if self.screen.query(HelpPanel):
            self.action_hide_help_panel()
        else:
            self.action_show_help_panel()

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What the command palette offers: every key that works now, and the colours."""
        for active in screen.active_bindings.values():
            binding = active.binding
            if binding.tooltip:
                run = partial(self.run_action, binding.action, active.node)
                yield SystemCommand(binding.description, binding.tooltip, run)
        for name in PALETTES:
            yield SystemCommand(f"colours: {name}", "Draw in this palette", partial(self.use, name))

    def use(self, palette: str) -> None:
        """Draw everything in another palette."""
        self.look.palette = palette
        self.theme = theme_name(palette)
        for screen in self.screen_stack:
            for canvas in screen.query(Canvas):
                canvas.repaint_all()


def theme_name(palette: str) -> str:
    """The name under which Textual knows a palette."""
    return f"tcptui-{palette}"


def textual_theme(palette: Palette) -> Theme:
    """The palette for what Textual draws itself: help panel, palette, input."""
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
    session: Session,
    *,
    files: Sequence[str] = (),
    calm: bool = False,
    ascii: bool = False,
    palette: str | None = None,
    live: LiveCapture | None = None,
    asked: Asked = EVERYTHING,
) -> int:
    """Show ``session``, which has not been started, until the user quits; the exit code.

    ``files`` are the names to show, ``palette`` is one of :data:`tcptui.theme.PALETTES`;
    ``live`` is the capture that the session reads, ``asked`` the filter to begin with.
    """
    preferences = load()
    chosen = palette or preferences.palette or ("terminal" if calm else "dark")
    app = TcptuiApp(session, Look(chosen, ascii, calm), files, preferences, live, asked)
    app.set_keymap(preferences.keys)
    session.start()
    app.run()
    for text in app.copies:
        print(text)
    return app.return_code or 0
