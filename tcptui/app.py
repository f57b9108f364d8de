"""The Textual application over a capture: it shows what was opened, and opens something else.

Import it after TEXTUAL_… variables are set.
"""

from collections.abc import Sequence
from functools import partial

from tcptui.base_app import BaseApp, preferred_look, run_app
from tcptui.capture.errors import CaptureError
from tcptui.captures import Captures, OpenedSession, OtherRulesRefused
from tcptui.garbage import SECONDS, Garbage
from tcptui.screens.preferences import Preferences, load
from tcptui.screens.triage import TriageScreen
from tcptui.screens.triage_filter import EVERYTHING, Asked
from tcptui.screens.triage_kept import Kept, kept_of
from tcptui.theme import Look


class TcptuiApp(BaseApp):
    """Shows what was opened, and opens something else."""

    def __init__(
        self,
        captures: Captures,
        opened: OpenedSession | None,
        look: Look,
        preferences: Preferences,
        asked: Asked = EVERYTHING,
    ) -> None:
        super().__init__(look)
        self.captures = captures
        self.opened = opened
        self.preferences = preferences
        self.asked = asked
        self.triage: TriageScreen | None = None
        self.garbage = Garbage()

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


def run(
    captures: Captures,
    opened: OpenedSession | None,
    *,
    calm: bool = False,
    ascii: bool = False,
    numeric: bool = False,
    time: str = "",
    asked: Asked = EVERYTHING,
) -> int:
    """Show ``opened``, whose session has not been started, until the user quits; return the exit
    code.

    None begins with the chooser. With ``numeric`` ports have no names; ``time`` is what the
    ladder's time column shows, the name of a :class:`tcptui.panes.ladder.drawing.TimeColumn`,
    where it is not the preferred one; ``asked`` the filter to begin with; ``captures`` opens what
    is chosen.
    """
    preferences = load()
    preferences.time = time or preferences.time
    look = preferred_look(preferences, ascii, calm)
    look.numeric = numeric
    app = TcptuiApp(captures, opened, look, preferences, asked)
    if opened is not None:
        opened.session.start(politely=True)
    return run_app(app, preferences)
