"""``evote``: finds the noun, loads it alone, and turns whatever happens into a sentence and an exit status.

0 done, or every check held; 1 something present is false or malformed; 2 something needed is absent or unreadable, a
party declines, the call is wrong, or what is not false could not be said; 130 interrupted. What nobody foresaw is a 1:
a record that makes the verifier stumble must not pass for one that could not be read.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from evote.cli.output import complain, standard_streams
from evote.errors import DecodeError, EvoteError, VerificationError
from evote.record.files import PREFIX, SUFFIX

AUDITORS, VOTERS, PARTIES, OPERATORS, RESEARCHERS = "Anybody", "Voters", "Other parties", "The operator", "Researchers"

INTERRUPTED = 130

# name, panel of the help page, one line of help; the module is evote.cli.NAME
NOUNS: tuple[tuple[str, str, str], ...] = (
    ("verify", AUDITORS, "Check a whole record and give a verdict."),
    ("show", AUDITORS, "Show the results and the turnout, once checked."),
    ("status", AUDITORS, "Say how far an election has come and who must act next."),
    ("voter", VOTERS, "Make a voter's key and the credential for the registrar."),
    ("vote", VOTERS, "Make a sealed, signed ballot."),
    ("inspect", VOTERS, "Open one's own ballot on a second device."),
    ("key", PARTIES, "Make the signing key of operator, registrar, trustee or mix server."),
    ("registrar", PARTIES, "Post the roll; revoke and restore ballots."),
    ("trustee", PARTIES, "Take part in the key ceremony; decrypt; test petitions."),
    ("mix", PARTIES, "Shuffle what it is this mix server's turn to shuffle."),
    ("shuffle", PARTIES, "Shuffle a list of another system, and prove it in that system's format."),
    ("new", OPERATORS, "Write a definition to start from."),
    ("define", OPERATORS, "Start the record of an election from its definition."),
    ("post", OPERATORS, "Check parties' messages and post them, with receipts."),
    ("operator", OPERATORS, "Finish the key, test petitions, close the box, publish the results."),
    ("simulate", RESEARCHERS, "Hold a whole election in this process and write its record."),
    ("bench", RESEARCHERS, "Measure what each piece of work costs on this machine."),
)


class _Nouns(TyperGroup):
    """All nouns with one line of help each; the module of one is imported when it is called, and no other."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for name, panel, line in NOUNS:
            self.commands[name] = TyperCommand(name, help=line, rich_help_panel=panel)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, _, rest = super().resolve_command(ctx, args)
        return name, typer.main.get_command(import_module(f"evote.cli.{name}").app), rest


app = typer.Typer(cls=_Nouns, add_completion=False, pretty_exceptions_enable=False)


def _version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it so
    if wanted:
        print(f"evote {version('evote')}")
        raise typer.Exit


@app.callback(
    help="Verifiable elections: each party has its own commands and secret file, and the verifier trusts nobody.",
    epilog="Exit status: 0 all is well, 1 something is false or malformed, 2 something is absent or the call is wrong.",
)
def evote(
    *, version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")] = False
) -> None:
    """Take the options that stand before the noun."""


def main(args: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status."""
    words = sys.argv[1:] if args is None else list(args)
    with standard_streams():
        try:
            status = typer.main.get_command(app).main(words or ["--help"], "evote", standalone_mode=False) or 0
            sentence = "interrupted" if status == INTERRUPTED else ""
        except (Exception, KeyboardInterrupt, SystemExit) as error:
            status, sentence = _explain(error)
    if sentence:
        complain(sentence)
    return status if words else 2


# The first line that fits decides; what fits none is a 1.
STATUS: tuple[tuple[tuple[type[BaseException], ...], int], ...] = (
    ((VerificationError, DecodeError), 1),
    ((EvoteError, OSError), 2),
    ((typer.Abort, KeyboardInterrupt), INTERRUPTED),
    ((MemoryError, SystemExit), 2),
)


def _explain(error: BaseException) -> tuple[int, str]:
    if isinstance(error, typer.TyperException):
        where = getattr(getattr(error, "ctx", None), "command_path", "evote")
        return error.exit_code, f"{error.format_message().rstrip('.')} (see {where} --help)"
    for kinds, status in STATUS:
        if isinstance(error, kinds):
            return status, _sentence(error)
    return 1, _unforeseen(error)


def _sentence(error: BaseException) -> str:
    match error:
        case OSError() if error.filename and error.strerror:
            path = Path(error.filename)
            temporary = path.name.startswith(PREFIX) and path.name.endswith(SUFFIX)
            return f"{path.parent if temporary else path}: {error.strerror}"
        case typer.Abort() | KeyboardInterrupt():
            return "interrupted"
        case MemoryError():
            return "not enough memory"
        case SystemExit():  # so libraries end a program when a pipe is closed
            return "a pipe was closed"
    return str(error)


def _unforeseen(error: BaseException) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(frame.filename).name}:{frame.lineno}"
    return f"{type(error).__name__} at {where}: {error}; nobody foresaw this, please report it"
