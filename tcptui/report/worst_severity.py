"""Finds the worst severity among the findings of a report, whatever its format."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from tcptui.engine.flow import Flow
from tcptui.findings.capture_findings import BEHIND, BETWEEN_FINDINGS, BETWEEN_VALUES
from tcptui.findings.finding import Finding
from tcptui.findings.findings import RANKS
from tcptui.report.flow_formats import Find

if TYPE_CHECKING:
    from tcptui.report.flow_accounts import FlowAccount

SEVERITY: Final = 2
"""Which value of a finding in short is its severity."""


class WorstSeverity:
    """Holds the worst severity among the findings that have passed, as its rank."""

    def __init__(self) -> None:
        self.rank = -1

    def reaches(self, severity: str) -> bool:
        """Return whether a finding was of this severity or a worse one."""
        return self.rank >= RANKS[severity]

    def watched(self, find: Find) -> Find:
        """Return the function that finds what ``find`` finds, and has it pass here."""

        def find_here(flow: Flow) -> list[Finding]:
            found = find(flow)
            for finding in found:
                self.rank = max(self.rank, RANKS[finding.severity])
            return found

        return find_here

    def among(self, accounts: Iterator["FlowAccount"]) -> Iterator["FlowAccount"]:
        """Yield the accounts of flows, whose findings pass here."""
        for account in accounts:
            for finding in account.findings:
                self.rank = max(self.rank, RANKS[finding.severity])
            yield account

    def passed(self, texts: Iterator[bytes], keep: bool) -> Iterator[bytes]:
        """Yield the flows' texts, before which their findings stand in short: these go where they
        are not to be kept."""
        for text in texts:
            end = text.index(BEHIND)
            if end:
                self.take_short(text[:end])
            yield text if keep else text[end + 1 :]

    def take_short(self, short: bytes) -> None:
        """Take what stands before the text of a flow that has findings."""
        for row in short.split(BETWEEN_FINDINGS):
            severity = row.split(BETWEEN_VALUES, SEVERITY + 1)[SEVERITY]
            self.rank = max(self.rank, RANKS[severity.decode()])
