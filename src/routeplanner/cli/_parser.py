"""A parser whose complaints come in both languages, name what may have been meant, and stand beside the right usage."""

from __future__ import annotations

import argparse
import itertools
import re
import sys
from typing import TYPE_CHECKING, Any

from routeplanner._text import did_you_mean
from routeplanner.cli._common import BAD_INPUT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn

__all__ = ["asked_language", "parser_in"]

_IN_VIETNAMESE = (
    (r"^the following arguments are required: (.*)", r"còn thiếu \1"),
    (r"^unrecognized arguments: (.*)", r"không nhận \1"),
    (r"^argument (\S+): expected one argument$", r"\1: cần một giá trị"),
    (r"^argument (\S+): expected (\d+) arguments$", r"\1: cần \2 giá trị"),
    (r"^argument (\S+): expected at least one argument$", r"\1: cần ít nhất một giá trị"),
    (
        r"^argument (\S+): invalid choice: ('[^']*'|\S+) \(choose from (.*)\)",
        r"\1: không biết \2; hãy chọn \3",
    ),
    (r"^argument (\S+): ignored explicit argument (.*)", r"\1: không nhận giá trị \2"),
    (r"^argument (\S+): not allowed with argument (\S+)", r"\1: không đi cùng \2"),
    (r"^ambiguous option: (\S+) could match (.*)", r"\1 chưa rõ: có thể là \2"),
    (r"; did you mean (.*)\?$", r"; ý bạn là \1?"),
    (r" or (?=')", " hay "),
)


def asked_language(argv: Sequence[str]) -> str:
    """Return the language in which the arguments ask for messages, before they are understood.

    Examples
    --------
    >>> asked_language(["plan", "--lang", "vi"]), asked_language(["plan", "--lang=vi"]), asked_language(["plan"])
    ('vi', 'vi', 'en')
    """
    said = [after for before, after in itertools.pairwise(argv) if before == "--lang"]
    said += [word.removeprefix("--lang=") for word in argv if word.startswith("--lang=")]
    return "vi" if "vi" in said else "en"


def parser_in(lang: str) -> type[argparse.ArgumentParser]:
    """Return a class of parsers that complain in a language; those of the commands are made of the same class."""

    class Parser(argparse.ArgumentParser):
        def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:  # noqa: ANN401 - argparse's types
            """Refuse what a command does not know here, where its own options can be offered."""
            found, rest = super().parse_known_args(args, namespace)
            options = [option for option in self._option_string_actions if option.startswith("--")]
            if not hasattr(found, "options"):  # those of the innermost command, for its messages
                found.options = options
            if rest:
                strange = next((word.partition("=")[0] for word in rest if word.startswith("--")), None)
                hint = did_you_mean(strange, options) if strange else ""
                self.error(f"unrecognized arguments: {' '.join(rest)}{hint}")
            return found, rest

        def error(self, message: str) -> NoReturn:
            told, of = _with_hint(message), "lỗi" if lang == "vi" else "error"
            if lang == "vi":
                for english, vietnamese in _IN_VIETNAMESE:
                    told = re.sub(english, vietnamese, told)
            self.print_usage(sys.stderr)
            self.exit(BAD_INPUT, f"{self.prog}: {of}: {told}\n")

    return Parser


def _with_hint(message: str) -> str:
    """Return a complaint about a choice with the nearest ones instead of all, where one is near."""
    found = re.fullmatch(r"(argument \S+: invalid choice: )'([^']*)' \(choose from (.*)\)", message)
    if found is None:
        return message
    choices = [choice.strip(" '") for choice in found[3].split(",")]
    hint = did_you_mean(found[2], choices)
    return f"{found[1]}'{found[2]}' (choose from {', '.join(choices)}){hint}"
