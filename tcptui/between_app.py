"""The Textual application over captures of several points."""

from tcptui.base_app import BaseApp, preferred_look, run_app
from tcptui.garbage import SECONDS, Garbage
from tcptui.screens.between import BetweenScreen
from tcptui.screens.between_points import PointSessions
from tcptui.screens.preferences import Preferences, load
from tcptui.theme import Look


class BetweenApp(BaseApp):
    """Shows what happened between the points."""

    def __init__(self, points: PointSessions, look: Look, preferences: Preferences) -> None:
        super().__init__(look)
        self.preferences = preferences
        self.points = points
        self.garbage = Garbage()

    def on_mount(self) -> None:
        self.set_interval(SECONDS, self.collect_garbage)
        self.push_screen(BetweenScreen(self.look, self.points, self.preferences, self.copies))

    def collect_garbage(self) -> None:
        self.garbage.collect(sum(len(point.engine.flows) for point in self.points.points))


def run(points: PointSessions, *, calm: bool = False, ascii: bool = False) -> int:
    """Show the points until the user quits; return the exit code."""
    preferences = load()
    app = BetweenApp(points, preferred_look(preferences, ascii, calm), preferences)
    points.start()
    return run_app(app, preferences)
