"""A small IVXV election from ballots to files: sealed, checked by QR code, opened by three of five shares, audited.

``python examples/ivxv_election.py DIRECTORY`` leaves the files there; ``evote verify DIRECTORY --format ivxv`` audits.
The dealer stands in for IVXV's key ceremony, which puts the whole key in one memory; nothing after it does.
"""

import secrets
import sys
from pathlib import Path

from evote.formats.ivxv.box.anonymous import Place, Vote
from evote.formats.ivxv.box.definitions import Area, Choices, Constituency, Districts
from evote.formats.ivxv.box.tally import Definitions
from evote.formats.ivxv.decryptor import assemble, open_box
from evote.formats.ivxv.generation import Generation
from evote.formats.ivxv.keys import Parameters, curve_parameters
from evote.formats.ivxv.private_key import PrivateKey
from evote.formats.ivxv.receipt import Reading, decode_qr, open_vote
from evote.formats.ivxv.share_holder import ShareHolder
from evote.formats.ivxv.voter import encrypt_choice
from evote.formats.ivxv.writer import ElectionFiles

ELECTION, QUESTION, DISTRICT, PARISH = "EXAMPLE", "EXAMPLE.1", "0164.1", "0164"
THRESHOLD, HOLDERS = 3, 5
CAST = ["0164.101", "0164.102", "0164.101", "0164.101"]


def main(directory: Path) -> None:
    """Hold the election."""
    directory.mkdir(parents=True, exist_ok=True)
    coefficients = deal(curve_parameters(ELECTION, lifted=True))
    key = coefficients[0].public()
    holders = [share(coefficients, index) for index in range(1, HOLDERS + 1)]
    reading = Reading(key, definitions())
    votes = [vote(reading, code) for code in CAST]
    quorum, members = assemble(key, holders[1:], THRESHOLD)
    print(f"shares {', '.join(map(str, quorum.share_keys))} give the published key")
    files = ElectionFiles(directory, key, reading.definitions)
    files.write_box(votes)
    files.write_outcome(open_box(quorum, members, reading, votes), [QUESTION])
    print((directory / f"{QUESTION}.tally").read_text(encoding="utf-8"))


def definitions() -> Definitions:
    """Return one district with two candidates."""
    areas = {PARISH: Area(state="Eesti Vabariik", county="Harju", parish="A vald")}
    districts = {DISTRICT: Constituency(name="Ringkond 1", parish=(PARISH,))}
    choices = {DISTRICT: {"Erakond": {"0164.101": "ANN", "0164.102": "BEN"}}}
    where = Districts(election=ELECTION, regions=areas, districts=districts, counties={"0037": (PARISH,)})
    return Definitions(where, Choices(election=ELECTION, choices=choices), Generation.G3)


def deal(parameters: Parameters) -> list[PrivateKey]:
    """Return the coefficients of the dealer's polynomial, the key first."""
    group = parameters.group
    drawn = (group.scalar(1 + secrets.randbelow(group.order - 1)) for _ in range(THRESHOLD))
    return [PrivateKey(parameters, x) for x in drawn]


def share(coefficients: list[PrivateKey], index: int) -> ShareHolder:
    """Return the holder of f(index)."""
    value = sum((a.x * index**k for k, a in enumerate(coefficients[1:], 1)), coefficients[0].x)
    return ShareHolder(index, PrivateKey(coefficients[0].parameters, value))


def vote(reading: Reading, code: str) -> Vote:
    """Seal a choice, and open it on another device by the QR code."""
    sealed = encrypt_choice(reading.key, reading.definitions, DISTRICT, code)
    shown = str(sealed.qr_code(secrets.token_hex(16), secrets.token_bytes(16)))
    print(f"sealed {code}; the second device reads {open_vote(reading, DISTRICT, sealed.ciphertext, decode_qr(shown))}")
    return Vote(Place(DISTRICT, PARISH, QUESTION), sealed.ciphertext)


if __name__ == "__main__":
    if not sys.argv[1:]:
        print("usage: python examples/ivxv_election.py DIRECTORY", file=sys.stderr)
        sys.exit(2)
    main(Path(sys.argv[1]))
