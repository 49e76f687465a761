"""``routeplanner completion``: what a shell needs to complete commands and options."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from routeplanner.cli._common import OK, command

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["add"]

_BASH = """\
_routeplanner() {{
  local word="${{COMP_WORDS[COMP_CWORD]}}" before="${{COMP_WORDS[COMP_CWORD-1]}}"
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "{commands}" -- "$word"))
    return
  fi
  case "${{COMP_WORDS[1]}} $before" in
{choices}
  esac
  case "${{COMP_WORDS[1]}}" in
{options}
  esac
  [[ "$word" == -* ]] || COMPREPLY=()
  [ ${{#COMPREPLY[@]}} -gt 0 ] || COMPREPLY=($(compgen -f -- "$word"))
}}
complete -o filenames -F _routeplanner routeplanner
"""


_ZSH = """\
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit -u; }
autoload -Uz bashcompinit && bashcompinit
"""


def add(commands: Any) -> None:  # noqa: ANN401 - argparse has no public name for it
    """Add the command to the parser."""
    parser = command(commands, "completion", _completion, "print a script that completes commands in a shell")
    parser.description = (
        'Print a script that completes commands and options: eval "$(routeplanner completion bash)" in ~/.bashrc, '
        'the same with zsh in ~/.zshrc; "routeplanner completion fish | source" in fish.'
    )
    parser.add_argument("shell", choices=("bash", "zsh", "fish"))


def _completion(arguments: argparse.Namespace) -> int:
    from routeplanner.cli import parser

    found = _commands(parser())
    print(_fish(found) if arguments.shell == "fish" else _bash(found, zsh=arguments.shell == "zsh"), end="")
    return OK


def _commands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    for action in parser._actions:  # noqa: SLF001 - argparse has no public way to its own subcommands
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            return dict(action.choices)
    return {}


def _options(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    return [action for action in parser._actions if action.option_strings]  # noqa: SLF001


def _first_words(name: str, parser: argparse.ArgumentParser) -> list[str]:
    """Return the words that may follow a command: its own commands, or the choices of its argument."""
    if name == "schema":
        from routeplanner.export.schema import SCHEMAS

        return list(SCHEMAS)
    arguments = [action for action in parser._actions if not action.option_strings]  # noqa: SLF001
    return list(map(str, arguments[0].choices or ())) if arguments else []


def _values(option: argparse.Action) -> list[str]:
    """Return the words that an option takes, as far as they are known beforehand."""
    from routeplanner.planning.request import FESTIVALS, MODES, PACES, VEHICLES
    from routeplanner.sites.words import load_corridors, load_themes

    known: dict[str, Iterable[str]] = {
        "--corridor": load_corridors(),
        "--theme": [f"{name}=1" for name in load_themes()],
        "--mode": MODES,
        "--vehicle": VEHICLES,
        "--pace": PACES,
        "--festivals": FESTIVALS,
    }
    return list(map(str, option.choices or known.get(option.option_strings[-1], ())))


def _bash(commands: dict[str, argparse.ArgumentParser], *, zsh: bool) -> str:
    reply = 'COMPREPLY=($(compgen -W "{}" -- "$word"))'
    choices = [
        f'    "{name} {option.option_strings[-1]}") {reply.format(" ".join(words))}; return ;;'
        for name, parser in commands.items()
        for option in _options(parser)
        if (words := _values(option))
    ]
    choices += [
        f'    "{name} {name}") {reply.format(" ".join(words))}; return ;;'
        for name, parser in commands.items()
        if (words := _first_words(name, parser))
    ]
    options = [
        f"    {name}) {reply.format(' '.join(option.option_strings[-1] for option in _options(parser)))} ;;"
        for name, parser in commands.items()
    ]
    return (_ZSH if zsh else "") + _BASH.format(
        commands=" ".join(commands), choices="\n".join(choices), options="\n".join(options)
    )


def _fish(commands: dict[str, argparse.ArgumentParser]) -> str:
    lines = [f"complete -c routeplanner -n __fish_use_subcommand -a {name}" for name in commands]
    for name, parser in commands.items():
        after = f"complete -c routeplanner -n '__fish_seen_subcommand_from {name}'"
        first = _first_words(name, parser)
        if first:
            lines.append(f"{after} -f -a '{' '.join(first)}'")
        for option in _options(parser):
            values = _values(option)
            words = f" -x -a '{' '.join(values)}'" if values else ""
            lines.append(f"{after} -l {option.option_strings[-1].removeprefix('--')}{words}")
    return "\n".join(lines) + "\n"
