"""The table of rule sets has a row for each Wireshark release that is followed."""

from typing import Final

from tcptui.engine.wireshark.release_4_0 import WIRESHARK_4_0
from tcptui.engine.wireshark.release_4_4 import WIRESHARK_4_4
from tcptui.engine.wireshark.release_4_6 import WIRESHARK_4_6
from tcptui.engine.wireshark.rules import Rules

RULE_SETS: Final[dict[str, Rules]] = {
    rules.name: rules for rules in (WIRESHARK_4_0, WIRESHARK_4_4, WIRESHARK_4_6)
}
"""By name, the oldest first."""

DEFAULT_RULES: Final = WIRESHARK_4_6
"""Changes only in a major release."""
