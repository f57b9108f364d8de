"""Searches flows by words: addresses, ports, names, states, flags, what is wrong."""

import re
from collections.abc import Callable
from functools import cache
from typing import Final

from tcptui.engine.addresses import address_text, endpoint_text
from tcptui.engine.flow import Flow
from tcptui.engine.tcp_state.outcome import closing, opening
from tcptui.engine.tcp_state.states import State
from tcptui.engine.wireshark.flags import ANALYSIS_FLAGS
from tcptui.findings.judgement import Judge, Judgement
from tcptui.panes.flows.drawing import owner_name

Keep = Callable[[Flow, Judge], bool]
"""Says whether to keep a flow; what it asks the judge for, it keeps for what is wrong."""

WORDS: Final = re.compile(r'"([^"]+)"|([^\s"]+)')
"""Finds words; what stands in quotes is one, with its spaces."""
IN_ENDPOINTS: Final = frozenset("0123456789abcdef.:[]")
OF_BOTH: Final = frozenset(":[]")
"""Characters that stand between an address and its port, and around them."""
IN_NUMBER: Final = frozenset("#0123456789")


class WrongFilter(Exception):
    """Says what is wrong with a filter, to be shown below it."""


def search(text: str) -> Keep | None:
    """Return a predicate for all words of ``text``; None for no words. Raises WrongFilter."""
    tests = [
        any_of(tests_of(quoted.lower())) if quoted else word_test(word)
        for quoted, word in WORDS.findall(text)
    ]
    if not tests:
        return None
    return lambda flow, judge: all(test(flow, judge) for test in tests)


def word_test(word: str) -> Keep:
    """Return the test for one word: ``name:value``, or anything that the flow's line may
    contain."""
    name, colon, value = word.partition(":")
    if colon and name in NAMED:
        if not value:
            raise WrongFilter(f"{name}: needs a value: {HINTS[name]}")
        return NAMED[name](value)
    return any_of(tests_of(word.lower()))


def tests_of(word: str) -> list[Keep]:
    """Return where a word may stand in a flow's line, what is decided soonest first; left out is
    what cannot contain it."""
    tests: list[Keep] = []
    states = {int(state) for state in State if word in state.label.lower()}
    if states:
        tests.append(lambda flow, judge: flow.client.state in states or flow.server.state in states)
    if IN_ENDPOINTS.issuperset(word):
        tests.append(endpoint_test(word))
    if IN_NUMBER.issuperset(word):
        tests.append(lambda flow, judge: word in f"#{flow.index}")
    tests.append(lambda flow, judge: word in judge.engine.name_of(flow).lower())
    tests.append(lambda flow, judge: word in owner_name(flow, judge).lower())
    tests.append(lambda flow, judge: word in opening(flow) or word in closing(flow))
    tests.append(lambda flow, judge: is_said(word, judge.judge(flow)))
    return tests


def is_said(word: str, judged: Judgement) -> bool:
    """Return whether a word stands in what is said of a flow, or in the names of its findings."""
    kinds = (finding.kind.replace("_", " ") for finding in judged.found)
    return word in judged.claim().lower() or any(word in kind for kind in kinds)


def endpoint_test(word: str) -> Keep:
    """Return the test for either end's address and port."""
    if not OF_BOTH.isdisjoint(word):
        return lambda flow, judge: (
            word in endpoint_text(flow.client) or word in endpoint_text(flow.server)
        )

    @cache
    def in_address(raw: bytes) -> bool:
        return word in address_text(raw)

    @cache
    def in_port(port: int) -> bool:
        return word in str(port)

    return lambda flow, judge: (
        in_address(flow.client.address)
        or in_address(flow.server.address)
        or in_port(flow.client.port)
        or in_port(flow.server.port)
    )


def any_of(tests: list[Keep]) -> Keep:
    """Return one test that holds if any of several does."""
    if len(tests) == 1:
        return tests[0]
    return lambda flow, judge: any(test(flow, judge) for test in tests)


def port_test(value: str) -> Keep:
    if not value.isdigit() or int(value) > 65535:
        raise WrongFilter(f"port:{value} is not a port number (0 to 65535)")
    number = int(value)
    return lambda flow, judge: number in (flow.client.port, flow.server.port)


def state_test(value: str) -> Keep:
    states = {int(state) for state in State if value.upper() in state.label}
    if not states:
        known = ", ".join(state.label for state in State)
        raise WrongFilter(f"state:{value} is not a state; the states are {known}")
    return lambda flow, judge: flow.client.state in states or flow.server.state in states


def flag_test(value: str) -> Keep:
    known = {flag.letter: flag.bit for flag in ANALYSIS_FLAGS}
    unknown = set(value) - known.keys()
    if unknown:
        raise WrongFilter(f"flag:{value}: no flag has the letter {', '.join(sorted(unknown))}")
    wanted = sum(known[letter] for letter in set(value))
    return lambda flow, judge: flow.bits & wanted == wanted


NAMED: dict[str, Callable[[str], Keep]] = {
    "port": port_test,
    "state": state_test,
    "flag": flag_test,
}
HINTS = {
    "port": "a number, as in port:443",
    "state": "as in state:time-wait",
    "flag": "letters, as in flag:R",
}
