"""Reads the captures of several points beside the screen, and compares them."""

from collections.abc import Generator, Sequence

from tcptui.between.comparison import Comparison, comparing
from tcptui.between.point import Point, new_point_engine
from tcptui.capture.errors import CaptureError
from tcptui.capture.source import probed_source
from tcptui.engine.wireshark.rules import Rules
from tcptui.session import Session, SessionState


class PointSession:
    """One point: its name, its files, and the session that reads them."""

    def __init__(self, name: str, files: Sequence[str], rules: Rules, spool: str | None) -> None:
        """Open the files. Raises CaptureError, also where one is no capture."""
        self.name = name
        self.files = tuple(files)
        self.engine = new_point_engine(rules)
        self.session = Session(probed_source(files, spool_dir=spool), self.engine)

    @property
    def is_read(self) -> bool:
        return self.session.state in (SessionState.COMPLETE, SessionState.FAILED)

    def read_packet(self, position: int, captured: int) -> bytes:
        return self.session.read_packet(position, captured)


class PointSessions:
    """All points, in the order of the command line until they are compared, then in path order."""

    def __init__(self, points: Sequence[PointSession]) -> None:
        self.points = list(points)
        self.comparison: Comparison | None = None

    @property
    def is_read(self) -> bool:
        return all(point.is_read for point in self.points)

    @property
    def error(self) -> Exception | None:
        """What keeps a point from being compared: not one packet of it could be read."""
        for point in self.points:
            error = point.session.error
            if error and not (isinstance(error, CaptureError) and point.engine.frames):
                return error
        return None

    @property
    def warnings(self) -> list[str]:
        """What is odd about the captures, and about their comparison."""
        said = []
        for point in self.points:
            error = point.session.error
            told = [*point.session.source.warnings, *([str(error)] if error else [])]
            said += [f"{point.name}: {text}" for text in told]
        return said + (self.comparison.warnings() if self.comparison else [])

    def start(self) -> None:
        for point in self.points:
            point.session.start()

    def stop(self) -> None:
        for point in self.points:
            point.session.stop()

    def compared(self) -> Generator[float, None, Comparison]:
        """Compare the points, once they are read, and put them in path order; yield how far that
        is, 0 to 1."""
        comparison = yield from comparing([Point(one.name, one.engine) for one in self.points])
        by_name = {point.name: point for point in self.points}
        self.points = [by_name[point.name] for point in comparison.points]
        return comparison
