"""Facts by name: what a piece of evidence consists of. Names and units are in fact_texts.FACTS."""

from collections.abc import Iterator

from tcptui.diagnosis.fact_texts import FACTS
from tcptui.text.amounts import amount, frames
from tcptui.text.durations import duration

Value = int | str | list[int]
Facts = dict[str, Value]
JsonValue = int | float | str | list[int]


def fact_lines(facts: Facts) -> Iterator[str]:
    """Yield a line for each fact: ``begins at: 5793``."""
    for name, value in facts.items():
        yield f"{FACTS[name].label}: {shown(FACTS[name].unit, value)}"


def shown(unit: str, value: Value) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return frames(value) or "none"
    if unit == "time":
        return duration(value)
    if unit == "frame":
        return f"#{value}"
    return amount(value, "byte") if unit == "bytes" else str(value)


def json_facts(facts: Facts) -> dict[str, JsonValue]:
    """Return the facts for JSON: times become seconds."""
    return {name: json_value(FACTS[name].unit, value) for name, value in facts.items()}


def json_value(unit: str, value: Value) -> JsonValue:
    return value / 1e9 if unit == "time" and isinstance(value, int) else value
