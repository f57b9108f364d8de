"""Searching flows by words: addresses, ports, states, flags, what is wrong."""

from collections.abc import Callable

from tcptui.drawing import trouble
from tcptui.drawing.names import endpoint, letters
from tcptui.engine.flags import ANALYSIS_FLAGS
from tcptui.engine.flow import Flow
from tcptui.engine.states import State

Keep = Callable[[Flow], bool]


class WrongFilter(Exception):
    """What is wrong with a filter, to be shown below it."""


def search(text: str) -> Keep | None:
    """A predicate for all words of ``text``; None for no words. WrongFilter."""
    tests = [word_test(word) for word in text.split()]
    if not tests:
        return None
    return lambda flow: all(test(flow) for test in tests)


def word_test(word: str) -> Keep:
    """The test for one word: ``name:value``, or anything that the flow's line may contain."""
    name, colon, value = word.partition(":")
    if colon and name in NAMED:
        if not value:
            raise WrongFilter(f"{name}: what? {HINTS[name]}")
        return NAMED[name](value)
    lowered = word.lower()
    return lambda flow: lowered in haystack(flow)


def haystack(flow: Flow) -> str:
    states = f"{State(int(flow.client.state)).label} {State(int(flow.server.state)).label}"
    ends = f"{endpoint(flow.client)} {endpoint(flow.server)}"
    return f"#{int(flow.index)} {ends} {states} {trouble.words(flow, 0)}".lower()


def port_test(value: str) -> Keep:
    if not value.isdigit() or int(value) > 65535:
        raise WrongFilter(f"port:{value} is no port number (0 to 65535)")
    number = int(value)
    return lambda flow: number in (flow.client.port, flow.server.port)


def state_test(value: str) -> Keep:
    states = {state for state in State if value.upper() in state.label}
    if not states:
        known = ", ".join(state.label for state in State)
        raise WrongFilter(f"state:{value} is no state; they are {known}")
    return lambda flow: bool(
        states & {State(int(flow.client.state)), State(int(flow.server.state))}
    )


def flag_test(value: str) -> Keep:
    known = {flag.letter for flag in ANALYSIS_FLAGS}
    unknown = set(value) - known
    if unknown:
        raise WrongFilter(f"flag:{value}: no flag has the letter {', '.join(sorted(unknown))}")
    wanted = set(value)
    return lambda flow: wanted <= set(letters(int(flow.bits)))


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
