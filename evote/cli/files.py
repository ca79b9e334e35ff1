"""What ``evote verify`` takes beside or instead of a record: files, and words that a record must say of itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

PANEL = "IVXV: files that are not in RECORD, or not under their official names"


def _file(name: str, what: str) -> Any:
    return typer.Option(name, metavar="FILE", help=what, rich_help_panel=PANEL, show_default=False)


def _word(name: str, metavar: str, what: str, least: int | None = None) -> Any:
    return typer.Option(name, metavar=metavar, help=f"Verificatum: {what}", show_default=False, min=least)


CheckpointFile = Annotated[
    Path | None,
    typer.Option("--checkpoint", metavar="FILE", help="A checkpoint of this board, as you got it elsewhere."),
]
JsonFile = Annotated[
    Path | None, typer.Option("--json", metavar="FILE", help="Write the report to this file, too.", show_default=False)
]
FormatName = Annotated[str, typer.Option("--format", metavar="NAME", help="The record's format, if it is not our own.")]
ExpectedType = Annotated[
    str | None, _word("--type", "shuffling|mixing|decryption", "what the directory must prove, as you know it.")
]
ExpectedAuxsid = Annotated[str | None, _word("--auxsid", "WORD", "which list of the session it must be about.")]
ExpectedWidth = Annotated[
    int | None, _word("--width", "N", "the width of the list, if it is not that of protInfo.xml.", least=1)
]
ProtinfoFile = Annotated[
    Path | None,
    typer.Option("--protinfo", metavar="FILE", help="Verificatum: protInfo.xml, as you got it elsewhere."),
]
KeyFile = Annotated[
    Path | None,
    typer.Option(
        "--key",
        metavar="FILE",
        help="The public key, as you got it elsewhere. IVXV: PEM or DER; Verificatum: raw.",
        show_default=False,
    ),
]
CiphertextsFile = Annotated[
    Path | None,
    typer.Option(
        "--ciphertexts",
        metavar="FILE",
        help="Verificatum: the list that was to be shuffled or decrypted, raw, as you got it elsewhere.",
        show_default=False,
    ),
]
ProofsFile = Annotated[Path | None, _file("--proofs", "The proofs of decryption.")]
BoxFile = Annotated[Path | None, _file("--box", "The ballot box without names, before mixing (bb-4).")]
MixingDirectory = Annotated[
    Path | None,
    typer.Option(
        "--mixing",
        metavar="DIRECTORY",
        help="The proof of shuffle, in Verificatum's format; see --protinfo.",
        rich_help_panel=PANEL,
        show_default=False,
    ),
]
ShuffledFile = Annotated[Path | None, _file("--shuffled", "The ballot box after mixing.")]
InvalidFile = Annotated[Path | None, _file("--invalid", "The votes that did not count.")]
TallyFile = Annotated[Path | None, _file("--tally", "The result.")]
DistrictsFile = Annotated[Path | None, _file("--districts", "The districts.")]
ChoicesFile = Annotated[Path | None, _file("--choices", "The choices.")]
