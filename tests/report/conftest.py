"""Lets reports be shared among processes, in whatever order the tests run."""

import sys

import pytest

from tcptui.report import processes, report


@pytest.fixture(autouse=True)
def copies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process be copied although tests of other things may have left threads in it."""
    for module in (processes, report):
        monkeypatch.setattr(module, "may_copy", lambda: sys.platform == "linux")
