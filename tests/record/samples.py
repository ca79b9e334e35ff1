"""A small election, its keys and a few entries, for tests of the record."""

from typing import Any

from evote.crypto.signing import SigningKey
from evote.questions.option import Option
from evote.record.entries import AnyBody, Ballot, Definition, Entry, Revocation
from evote.record.manifest import Contest, District, Election, Role
from evote.record.merkle import MerkleLog, leaf_hash
from evote.record.operator import sign_entry

OPERATOR, REGISTRAR, TRUSTEE_1, TRUSTEE_2, TRUSTEE_3, MIXER = (SigningKey.from_seed(bytes([i] * 32)) for i in range(6))

COUNCIL = Contest(
    id="council",
    title="Council of Õisu",
    type="selection",
    options=(Option(id="a", name="A"), Option(id="b", name="B", districts=("north",))),
)


def role(name: str, key: SigningKey) -> Role:
    """Return a role."""
    return Role(name=name, key=key.public_key)


SETTINGS: dict[str, Any] = {
    "name": "Õisu 2026",
    "group": "ristretto255",
    "operator": role("The office", OPERATOR),
    "registrar": role("The registry", REGISTRAR),
    "trustees": (role("Ants", TRUSTEE_1), role("Berit", TRUSTEE_2), role("Carl", TRUSTEE_3)),
    "threshold": 2,
    "districts": (District(id="north", name="North"), District(id="south", name="South")),
    "contests": (COUNCIL,),
}
ELECTION = Election(**SETTINGS)
FINGERPRINT = ELECTION.fingerprint


def operator_entry(body: AnyBody) -> Entry:
    """Return an entry by the operator."""
    return sign_entry(OPERATOR, FINGERPRINT, "operator", body)


def revocation(number: int) -> bytes:
    """Return the line of a registrar's entry, different for each number."""
    return bytes(sign_entry(REGISTRAR, FINGERPRINT, "registrar", Revocation(voter=f"v{number}", reason="paper")))


BALLOT = Ballot(sequence=1, previous=Ballot.FIRST, answers=())
DEFINITION = operator_entry(Definition(fingerprint=FINGERPRINT))


def log_of(lines: list[bytes]) -> MerkleLog:
    """Return the log of these lines."""
    log = MerkleLog()
    for line in lines:
        log.append(leaf_hash(line))
    return log
