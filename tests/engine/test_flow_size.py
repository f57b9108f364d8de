"""What an open flow costs: a capture of a million connections has two million endpoints."""

import pytest

from tcptui.engine import flow
from tcptui.engine.flow import Endpoint, Flow


@pytest.mark.skipif(not flow.__file__.endswith(".so"), reason="interpreted: no fixed layout")
@pytest.mark.parametrize(("kind", "size"), [(Endpoint, 240), (Flow, 224)])
def test_fields_leave_no_gaps(kind: type, size: int) -> None:
    """Multiples of 16 bytes: one field more may cost 16 bytes of each."""
    assert kind.__basicsize__ <= size
