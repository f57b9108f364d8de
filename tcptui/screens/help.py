"""Shows help for the focused pane: its text, and every key that works there, from the bindings."""

from textual.app import ComposeResult
from textual.screen import Screen

from tcptui.screens.help_page import Group, KeyHelp, lines, title_of
from tcptui.screens.side import PAGES, SideScreen
from tcptui.screens.triage_keys import QUESTIONS, question_of
from tcptui.theme import Look
from tcptui.widgets.lines import LineList

HERE, EVERYWHERE = "Keys here", "Keys everywhere"
TITLES = (*(title for title, _ in QUESTIONS), EVERYWHERE)


class HelpScreen(SideScreen):
    """A page over the screen that it explains."""

    CSS_PATH = "page.tcss"
    AUTO_FOCUS = "#page"
    HINTS = PAGES

    def __init__(self, look: Look, below: Screen[object]) -> None:
        super().__init__(look)
        nodes = below.focused.ancestors_with_self if below.focused else [below]
        self.text = next((node.HELP for node in nodes if node.HELP), "")
        self.groups = groups_of(below)
        self.list = LineList(look, f"Help ─ {title_of(self.text, 'keys')}", id="page")

    def compose(self) -> ComposeResult:
        yield self.list
        yield self.keys

    def on_resize(self) -> None:
        self.list.show_lines(lines(self.text, self.groups, self.size.width - 2))


def groups_of(screen: Screen[object]) -> list[Group]:
    """Return the keys of the focused pane, then those of the screen and the program, by the
    questions that they answer."""
    keys: dict[tuple[str, str], list[str]] = {}
    meanings: dict[tuple[str, str], str] = {}
    for active in screen.active_bindings.values():
        binding = active.binding
        if not binding.tooltip:
            continue
        group = HERE
        if active.node in (screen, screen.app):
            group = TITLES[question_of(binding.id)]
        name = group, binding.action
        meanings[name] = binding.tooltip
        shown = keys.setdefault(name, [])
        key = screen.app.get_key_display(binding)
        if key not in shown:
            shown.append(key)
    return [
        Group(title, found)
        for title in (HERE, *TITLES)
        if (found := [
            KeyHelp(" ".join(keys[name]), meaning)
            for name, meaning in meanings.items() if name[0] == title
        ])
    ]  # fmt: skip
