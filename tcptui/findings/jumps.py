"""Says where the clock of a capture jumps, how long the capture lasted without that, and what is
not evidence because of it."""

from collections.abc import Iterable
from typing import Final

from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.engine.tcp_state.servers import Answers
from tcptui.text.durations import brief_duration, duration

WHAT_IT_MAY_BE: Final = (
    "a pause, captures that were joined, or a clock that was set; this time is counted as nobody's"
)


def jump_warnings(engine: Engine) -> list[str]:
    """Return the warning that nothing was captured for more than a day inside of a file, or
    nothing: who gives several files knows that there are pauses between them."""
    jumps = engine.jumps
    if jumps.inside == 0:
        return []
    of = f", the first of {jumps.inside:,} silences of more than a day" if jumps.inside > 1 else ""
    return [
        f"packet {jumps.frame:,}: no packet for {duration(jumps.length)} before it{of}: "
        f"{WHAT_IT_MAY_BE}"
    ]


def tells_damage(warnings: Iterable[str]) -> bool:
    """Return whether one of a capture's warnings is another one: a link may be quiet for days."""
    return not all(warning.endswith(WHAT_IT_MAY_BE) for warning in warnings)


def extent_text(engine: Engine) -> str:
    """Return how long the capture lasted, and by how much its clock jumps meanwhile."""
    first, last = engine.first_time, engine.last_time
    jumped = int(engine.jumps.skipped.within(first, last))
    return beside_jumps(brief_duration(last - first - jumped), jumped)


def flow_extent_text(flow: Flow) -> str:
    """Return the same of a flow."""
    jumped = int(flow.skipped_between(flow.first_time, flow.last_time))
    return beside_jumps(duration(int(flow.lasted())), jumped)


def heard_around(engine: Engine, flow: Flow, answers: Answers | None) -> Answers | None:
    """Return what other connections of the capture say of a server, where its clock does not jump
    between them and the flow: else they were of another time, and the host may be another one."""
    if answers is None:
        return None
    first = answers.first if answers.first < flow.first_time else flow.first_time
    last = answers.last if answers.last > flow.last_time else flow.last_time
    return answers if engine.jumps.skipped.within(first, last) == 0 else None


def beside_jumps(lasted: str, jumped: int) -> str:
    """Return how long it lasted, and what (ns) was jumped over beside that."""
    return f"{lasted}, and {duration(jumped)} that the clock jumps" if jumped else lasted
