"""The files that ``evote verify`` takes beside or instead of a record, for formats that are not ours."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

PANEL = "IVXV: files that are not in RECORD, or not under their official names"


def _file(name: str, what: str) -> Any:
    return typer.Option(name, metavar="FILE", help=what, rich_help_panel=PANEL, show_default=False)


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
