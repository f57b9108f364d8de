"""Makes the entries of the command palette: what every key does that works now, then the
colours."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import NamedTuple

from textual.binding import ActiveBinding
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from tcptui.engine.wireshark.rule_sets import RULE_SETS
from tcptui.screens.triage_jump import target
from tcptui.screens.triage_keys import question_of
from tcptui.theme import PALETTES


class PaletteLine(NamedTuple):
    """One line of the palette, and what it does."""

    text: str
    run: Callable[[], Awaitable[object] | None]


class Commands(Provider):
    """Finds commands by their names, by what they do, and by their keys."""

    async def discover(self) -> Hits:
        for text, run in self.commands():
            yield DiscoveryHit(Content(text), run, text)

    async def search(self, query: str) -> Hits:
        wanted = target(query if query.startswith("#") else f"#{query}")
        screen = getattr(self.app, "triage", None)
        if wanted is not None and screen is not None:
            said = screen.jump.refusal(wanted) or f"go to {wanted.name}"
            yield Hit(1.0, Content(said), partial(screen.jump.go, wanted), said)
        matcher = self.matcher(query)
        for text, run in self.commands():
            if (score := matcher.match(text)) > 0:
                yield Hit(score, matcher.highlight(text), run, text)

    def commands(self) -> list[PaletteLine]:
        """Return what answers questions, in their order, then the other keys, then what moves the
        cursor, then the rule sets and the colours."""
        found: dict[str, list[ActiveBinding]] = {}
        for active in self.screen.active_bindings.values():
            if active.binding.tooltip and active.binding.action != "command_palette":
                found.setdefault(active.binding.action, []).append(active)
        ordered = sorted(found.values(), key=order_of)
        colours = [
            PaletteLine(f"colours: {name}", partial(self.app.run_action, f"app.use({name!r})"))
            for name in PALETTES
        ]
        rules = [
            PaletteLine(
                f"rules: analyse as {rules.title} does",
                partial(self.app.run_action, f"app.analyse_by({name!r})"),
            )
            for name, rules in RULE_SETS.items()
        ]
        return [*map(self.command, ordered), *rules, *colours]

    def command(self, actives: list[ActiveBinding]) -> PaletteLine:
        """Return what several keys do: its name, its meaning, the keys."""
        binding, node = actives[0].binding, actives[0].node
        keys = dict.fromkeys(self.app.get_key_display(active.binding) for active in actives)
        text = f"{binding.description}: {binding.tooltip} ({' '.join(keys)})"
        return PaletteLine(text, partial(self.app.run_action, binding.action, node))


def order_of(actives: list[ActiveBinding]) -> tuple[bool, int]:
    """Return where in the palette these keys stand."""
    return moves_cursor(actives), question_of(actives[0].binding.id)


def moves_cursor(actives: list[ActiveBinding]) -> bool:
    """Return whether these keys are well known, or found sooner than a command."""
    return (actives[0].binding.id or "").startswith("rows.")
