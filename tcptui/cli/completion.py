"""Writes what makes bash, zsh and fish complete the command line, from the table of options."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from tcptui.cli.options import (
    ALONE,
    COMMAND_WORDS,
    COMMANDS,
    EVERY,
    SHELLS,
    Completes,
    Option,
    options_of,
    values_of,
)
from tcptui.cli.request import Request, UsageError

INTERFACES: Final = "tcptui -D 2>/dev/null | sed 's/^[0-9]*[.]//;s/ .*//'"
"""The shell's command that lists the interfaces."""


def completion_text(request: Request) -> str:
    """Return the script for the shell that is asked for. Raises UsageError."""
    words = request.input.words
    if len(words) != 1 or words[0] not in SHELLS:
        raise UsageError(f"completion needs a shell: tcptui completion {'|'.join(SHELLS)}")
    return "".join(f"{line}\n" for line in SCRIPTS[words[0]]())


def offered(command: str) -> list[tuple[str, Option]]:
    """Return the options that are worth offering, by each of their names."""
    return [(name, option) for name, option in options_of(command).items() if option.is_offered]


def files_of(command: str) -> bool:
    """Return whether the words of a command may be files."""
    return command not in ALONE


def words_of(command: str) -> tuple[str, ...]:
    """Return the words that a command takes beside files."""
    return COMMAND_WORDS if command == "open" else COMMANDS[command].words


def kind_of(option: Option) -> Completes:
    """Return what the value of an option is, where it is no word of a list."""
    return option.completes if isinstance(option.completes, Completes) else Completes.NOTHING


# -- bash ----------------------------------------------------------------------------------------

BASH_BEGIN: Final = f"""\
# Completes tcptui in bash; made by `tcptui completion bash`.
_tcptui() {{
    local IFS=$'\\n' cur=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}}
    local command=open word
    if [[ $cur == = ]]; then
        cur=
    elif [[ $before == = ]]; then
        before=${{COMP_WORDS[COMP_CWORD-2]}}
    fi
    for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
        case $word in {"|".join(COMMAND_WORDS)}) command=$word; break ;; esac
    done
    COMPREPLY=()
    case $command:$before in"""
BASH_FILE_NAMES: Final = "compopt -o filenames 2>/dev/null"
"""What makes bash quote the names, and add a slash to folders."""
BASH_ACTIONS: Final = {
    Completes.FILE: f'COMPREPLY=($(compgen -f -- "$cur")); {BASH_FILE_NAMES}; return',
    Completes.FOLDER: f'COMPREPLY=($(compgen -d -- "$cur")); {BASH_FILE_NAMES}; return',
    Completes.INTERFACE: f'COMPREPLY=($(compgen -W "$({INTERFACES})" -- "$cur")); return',
    Completes.USER: 'COMPREPLY=($(compgen -u -- "$cur")); return',
    Completes.NOTHING: "return",
}


def bash() -> Iterator[str]:
    """Yield the lines of the script for bash."""
    yield BASH_BEGIN
    for command in EVERY:
        for name, option in offered(command):
            if option.metavar:
                yield f"        {command}:{name}) {bash_action(option, command)} ;;"
    yield "    esac"
    yield "    case $command:$cur in"
    for command in EVERY:
        yield f"        {command}:-*) {bash_words([name for name, _ in offered(command)])} ;;"
        words = bash_words(words_of(command))
        files = f'COMPREPLY+=($(compgen -f -- "$cur")); {BASH_FILE_NAMES}'
        yield f"        {command}:*) {words}{f'; {files}' if files_of(command) else ''} ;;"
    yield "    esac"
    yield "}"
    yield "complete -F _tcptui tcptui"


def bash_action(option: Option, command: str) -> str:
    """Return what bash does to complete the value of an option."""
    values = values_of(option, command)
    if values:
        return f"{bash_words(values)}; return"
    return BASH_ACTIONS[kind_of(option)]


def bash_words(words: Sequence[str]) -> str:
    """Return what offers these words, which the script separates by line ends."""
    listed = "\\n".join(words)
    return f"COMPREPLY=($(compgen -W $'{listed}' -- \"$cur\"))"


# -- zsh -----------------------------------------------------------------------------------------

ZSH_BEGIN: Final = f"""\
#compdef tcptui
# Completes tcptui in zsh; made by `tcptui completion zsh`.
_tcptui_interfaces() {{
    local -a names
    names=(${{(f)"$({INTERFACES})"}})
    compadd -a names
}}
_tcptui() {{
    local command=open word
    local -a options
    for word in ${{words[2,CURRENT-1]}}; do
        case $word in ({"|".join(COMMAND_WORDS)}) command=$word; break ;; esac
    done
    case $command in"""
ZSH_ACTIONS: Final = {
    Completes.FILE: "_files",
    Completes.FOLDER: "_files -/",
    Completes.INTERFACE: "_tcptui_interfaces",
    Completes.USER: "_users",
    Completes.NOTHING: " ",
}


def zsh() -> Iterator[str]:
    """Yield the lines of the script for zsh."""
    yield ZSH_BEGIN
    for command in EVERY:
        yield f"        ({command}) options=("
        for name, option in offered(command):
            yield f"            {quoted(zsh_option(name, option, command))}"
        yield f"            {quoted('*:word:' + zsh_words(command))}"
        yield "        ) ;;"
    yield "    esac"
    yield "    _arguments -s $options"
    yield "}"
    yield 'if [ "$funcstack[1]" = "_tcptui" ]; then _tcptui "$@"; else compdef _tcptui tcptui; fi'


def zsh_option(name: str, option: Option, command: str) -> str:
    """Return how zsh's _arguments is told of an option."""
    help = option.help.replace("[", "(").replace("]", ")").replace(":", r"\:")
    if not option.metavar:
        return f"*{name}[{help}]"
    values = values_of(option, command)
    action = f"({' '.join(values)})" if values else ZSH_ACTIONS[kind_of(option)]
    after = "=" if name.startswith("--") else "+"
    return f"*{name}{after}[{help}]:{option.metavar}:{action}"


def zsh_words(command: str) -> str:
    """Return what zsh offers for a word of a command."""
    words = " ".join(words_of(command))
    if not files_of(command):
        return f"({words})" if words else " "
    return f"{{compadd -- {words}; _files}}" if words else "_files"


# -- fish ----------------------------------------------------------------------------------------

FISH_BEGIN: Final = f"""\
# Completes tcptui in fish; made by `tcptui completion fish`.
function __tcptui_command
    set -l command open
    for word in (commandline -opc)[2..-1]
        if contains -- $word {" ".join(COMMAND_WORDS)}
            set command $word
            break
        end
    end
    contains -- $command $argv
end
complete -c tcptui -n '__tcptui_command {" ".join(ALONE)}' -f"""
FISH_ACTIONS: Final = {
    Completes.FILE: "-r -F",
    Completes.FOLDER: "-x -a '(__fish_complete_directories)'",
    Completes.INTERFACE: f'-x -a "({INTERFACES})"',
    Completes.USER: "-x -a '(__fish_complete_users)'",
    Completes.NOTHING: "-x",
}


def fish() -> Iterator[str]:
    """Yield the lines of the script for fish."""
    yield FISH_BEGIN
    for word in COMMAND_WORDS:
        told = quoted(COMMANDS[word].summary)
        yield f"complete -c tcptui -n '__tcptui_command open' -a {word} -d {told}"
    for command in EVERY:
        when = f"complete -c tcptui -n '__tcptui_command {command}'"
        for word in COMMANDS[command].words:
            yield f"{when} -a {word}"
        for name, option in offered(command):
            kind = "-l" if name.startswith("--") else "-s"
            action = fish_action(option, command)
            yield f"{when} {kind} {name.lstrip('-')}{action} -d {quoted(option.help)}"


def fish_action(option: Option, command: str) -> str:
    """Return how fish is told of the value of an option."""
    if not option.metavar:
        return ""
    values = values_of(option, command)
    if values:
        return f" -x -a {quoted(' '.join(values))}"
    return f" {FISH_ACTIONS[kind_of(option)]}"


def quoted(text: str) -> str:
    """Return a text in single quotes, as all three shells read it."""
    return "'" + text.replace("'", "’") + "'"


SCRIPTS: Final[dict[str, Callable[[], Iterator[str]]]] = {"bash": bash, "zsh": zsh, "fish": fish}
"""What writes the script for each shell."""
