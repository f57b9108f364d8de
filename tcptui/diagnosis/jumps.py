"""Says of a segment that the capture's clock jumps before it."""

from tcptui.diagnosis.trail import SegmentContext
from tcptui.text.durations import duration


def jump_before(trail: SegmentContext) -> str:
    """Return a sentence where the clock jumps between the flow's segment before and this one, else
    an empty text."""
    if trail.flow.skipped is None:
        return ""
    before = [one for side in (False, True) if (one := next(trail.earlier(side), None))]
    last = max(before, key=lambda one: one.row, default=trail.this)
    skipped = int(trail.flow.skipped_between(last.time, trail.this.time))
    if skipped == 0:
        return ""
    return (
        f"In the {duration(skipped)} before it the capture's clock jumps: they are nobody's time."
    )
