"""Arguments and options that several commands share, and what turns their text into values."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from evote.cli.workers import PROCESSORS
from evote.record.entries import MAX_TEXT


def noun(text: str) -> typer.Typer:
    """Return the app of a noun; ``text`` is the help page of one with several verbs."""
    return typer.Typer(help=text, add_completion=False, pretty_exceptions_enable=False)


def examples(*lines: str) -> str:
    """Return the end of a help page."""
    return "\n\n".join(("Examples:", *(f"  {line}" for line in lines)))


def fingerprint(text: str) -> bytes:
    """Return the 32 bytes that 64 hexadecimal digits stand for."""
    if not re.fullmatch("[0-9a-fA-F]{64}", text):
        raise typer.BadParameter("a fingerprint is 64 hexadecimal digits")
    return bytes.fromhex(text)


def plain_text(text: str) -> str:
    """Return text that canonical JSON has room for."""
    text = unicodedata.normalize("NFC", text)
    if len(text) > MAX_TEXT or not text.isprintable():
        raise typer.BadParameter(f"a line of at most {MAX_TEXT} printable characters")
    return text


class ShuffleUnlessToldOtherwise(TyperGroup):
    """``evote mix record ...`` means ``evote mix shuffle record ...``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the verb in front where it was left out."""
        if args and args[0] not in {*self.commands, "--help"}:
            args = ["shuffle", *args]
        return super().parse_args(ctx, args)


def _option(*names: str, **attributes: Any) -> Any:
    return typer.Option(*names, show_default=False, **attributes)


RecordPath = Annotated[Path, typer.Argument(metavar="RECORD", help="The record's directory.")]
SecretPath = Annotated[Path, _option("--secret", metavar="FILE", help="Your secret file.")]
NewSecretPath = Annotated[Path, typer.Argument(metavar="FILE", help="The secret file to make.")]
OutFile = Annotated[Path, _option("--out", metavar="FILE", help="Where the signed message for the operator goes.")]
OutDirectory = Annotated[
    Path, _option("--out", metavar="DIRECTORY", help="Where the signed messages for the operator go.")
]
PassphraseFile = Annotated[
    Path | None,
    _option(
        "--passphrase-file",
        metavar="FILE",
        help="Take the passphrase from the first line of this file. Otherwise: from EVOTE_PASSPHRASE, or it is asked.",
    ),
]
Expect = Annotated[
    bytes | None,
    _option(
        "--expect",
        parser=fingerprint,
        metavar="FINGERPRINT",
        help="The election's fingerprint, as you know it from elsewhere.",
    ),
]
Jobs = Annotated[
    int,
    _option("--jobs", metavar="N", min=1, max=1000, help="Share the work among N processes. Default: all processors."),
]
ALL_PROCESSORS = PROCESSORS
Careful = Annotated[
    bool,
    typer.Option("--careful", help="Hide secret exponents from whoever can time this machine; many times slower."),
]
