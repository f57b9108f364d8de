"""All findings of a flow, worst first: what `report` lists and the screens show."""

from tcptui.diagnosis.finding import Finding
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow


def findings_of(engine: Engine, flow: Flow) -> list[Finding]:
    """What is worth knowing about ``flow``, one finding for each kind; nothing where all is well."""
    return []
