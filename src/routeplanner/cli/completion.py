"""``routeplanner completion``: what a shell needs to complete commands and options."""

from __future__ import annotations

import argparse
from typing import Any

from routeplanner.cli._common import OK, command

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


def _bash(commands: dict[str, argparse.ArgumentParser], *, zsh: bool) -> str:
    reply = 'COMPREPLY=($(compgen -W "{}" -- "$word"))'
    choices = [
        f'    "{name} {option.option_strings[-1]}") {reply.format(" ".join(map(str, option.choices)))}; return ;;'
        for name, parser in commands.items()
        for option in _options(parser)
        if option.choices
    ]
    options = [
        f"    {name}) {reply.format(' '.join(option.option_strings[-1] for option in _options(parser)))} ;;"
        for name, parser in commands.items()
    ]
    head = "autoload -U +X bashcompinit && bashcompinit\n" if zsh else ""
    return head + _BASH.format(
        commands=" ".join(commands), choices="\n".join(choices), options="\n".join(options)
    )


def _fish(commands: dict[str, argparse.ArgumentParser]) -> str:
    lines = [f"complete -c routeplanner -n __fish_use_subcommand -a {name}" for name in commands]
    for name, parser in commands.items():
        for option in _options(parser):
            words = f" -x -a '{' '.join(map(str, option.choices))}'" if option.choices else ""
            flag = option.option_strings[-1].removeprefix("--")
            lines.append(f"complete -c routeplanner -n '__fish_seen_subcommand_from {name}' -l {flag}{words}")
    return "\n".join(lines) + "\n"
