"""One door to every kind of file of votes: the ending of its name says which."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from evote.errors import DecodeError
from evote.formats.reading import opened_path
from evote.sources.ballots import ballots_poll
from evote.sources.counts import counts_poll
from evote.sources.pabulib import pabulib_poll
from evote.sources.poll import Poll
from evote.sources.preflib import KINDS, preflib_poll
from evote.sources.table import columns
from evote.sources.text import MAX_BYTES, read_text

ENDINGS = (".csv", ".pb", *(f".{kind}" for kind in KINDS))


def read_poll(path: Path, *, definition: Mapping[str, Any] | None = None, strata: str = "") -> Poll:
    """Return the poll in a file: ballots or counts (``.csv``, which need a ``definition``), Pabulib or PrefLib.

    A ``.csv`` file with a column ``option`` holds counts. ``strata`` names a column of a Pabulib file's voters.
    `DecodeError` names the file and says what is wrong with it; `EvidenceMissing` if it cannot be read; ``ValueError``
    for an argument that is not for this kind of file.
    """
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise DecodeError(f"{path.name}: not a file of votes; these end in {', '.join(ENDINGS)}")
    if (definition is None) == (ending == ".csv"):
        raise ValueError("a .csv file, and no other, needs a definition")
    if strata and ending != ".pb":
        raise ValueError("only Pabulib files have columns to take strata from")
    with opened_path(path) as file:
        data = file.read(MAX_BYTES + 1)
    try:
        if definition is not None:
            csv_poll = counts_poll if "option" in columns(read_text(data)) else ballots_poll
            return csv_poll(data, definition)
        return pabulib_poll(data, strata=strata) if ending == ".pb" else preflib_poll(data)
    except DecodeError as error:
        raise DecodeError(f"{path.name}: {error}") from None
