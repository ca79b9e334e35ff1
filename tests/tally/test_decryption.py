"""Decryption: any t trustees give the same plaintexts, and a wrong share names its trustee."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import combinations
from typing import Any

import msgspec
import pytest

from evote.crypto.elgamal import Ciphertext, PublicKey, Row
from evote.crypto.group import Element
from evote.crypto.prover import prove
from evote.crypto.relation import Witness
from evote.crypto.rows import Rows
from evote.errors import DecodeError, EvidenceMissing, Refused, VerificationError
from evote.record.audit import Audit
from evote.record.entries import DecryptionShare
from evote.record.lists import list_digest, list_lines
from evote.record.units import Place
from evote.tally.decryption import Decryption, share_statement, share_vector
from evote.tally.trustee import ShareMessage
from tests.elections import changed
from tests.tally.table import Table

PLACE, OTHER = Place("council", "north"), Place("council", "south")


class Lists:
    """Lists by digest; there are no entries."""

    def __init__(self) -> None:
        self.held: dict[bytes, list[bytes]] = {}

    def put(self, rows: Iterable[bytes]) -> bytes:
        lines = list(rows)
        digest = list_digest(lines)
        self.held[digest] = list(list_lines(lines))
        return digest

    def line(self, index: int) -> bytes:
        raise IndexError(index)

    def rows(self, digest: bytes, limit: int) -> list[bytes]:
        if digest not in self.held:
            raise EvidenceMissing("no such list")
        return self.held[digest][: limit + 1]


class Office:
    """A key held by three trustees, two of them needed, and a list of 5 rows of 2 ciphertexts to decrypt."""

    def __init__(self, n: int = 3, t: int = 2) -> None:
        self.table = Table(n, t)
        self.key: PublicKey = self.table.complete()
        group = self.key.group
        self.messages = [tuple(group.hash_to_group("m", bytes([i, j])) for j in range(2)) for i in range(5)]
        self.rows = [
            tuple(self.key.encrypt(m, group.scalar(10 * i + j)) for j, m in enumerate(row, 1))
            for i, row in enumerate(self.messages, 1)
        ]
        self.lists = Lists()
        self.decryption = Decryption(self.table.election, self.key, self.table.ceremony.share_keys, Audit())
        for place in (PLACE, OTHER):
            self.open(self.decryption, place)

    def open(self, decryption: Decryption, place: Place) -> None:
        rows = self.list_of(self.rows)
        decryption.open(place, rows, list_digest(rows.encoded))

    def list_of(self, rows: list[Row]) -> Rows:
        """Return the rows as they would have come from the board."""
        return Rows(self.key.group, 2, Rows.of(self.key.group, 2, rows).encoded)

    def plaintexts(self, decryption: Decryption | None = None, bound: int = 0) -> list[tuple[Element, ...]]:
        """Return the messages row by row."""
        messages = (decryption or self.decryption).plaintexts(PLACE, bound).elements()
        return list(zip(messages[::2], messages[1::2], strict=True))

    def fresh(self) -> Decryption:
        """Return the same state without any shares."""
        decryption = Decryption(self.table.election, self.key, self.table.ceremony.share_keys, Audit())
        self.open(decryption, PLACE)
        return decryption

    def share(self, index: int, place: Place = PLACE) -> DecryptionShare:
        """Return an honest share, its list put beside the board."""
        message: ShareMessage = self.table.trustees[index].decrypt(self.decryption, place)
        body = message.entry.body
        assert isinstance(body, DecryptionShare)
        self.lists.held[body.shares] = message.lines
        return body

    def admit(self, index: int, body: DecryptionShare, decryption: Decryption | None = None) -> None:
        (decryption or self.decryption).admit(f"trustee {index}", body, self.lists, f"entry 9 by trustee {index}")

    def forge(self, index: int, change: Callable[[list[Element]], list[Element]], width: int = 2) -> DecryptionShare:
        """Return a share with other d_i, and the best proof that a trustee who knows its x can make for them."""
        x = self.table.share(index)
        ours = self.decryption.list_of(PLACE)
        shares = change([c**x for c in ours.rows.all_c1.elements()])
        rows = [b"".join(map(bytes, shares[i : i + width])) for i in range(0, len(shares), width)]
        digest = self.lists.put(rows)
        body = DecryptionShare(contest="council", unit="north", input=ours.digest, shares=digest, proof=b"")
        transcript = self.decryption.transcript(f"trustee {index}", body)
        statement = share_statement(
            self.decryption.share_keys[index], ours.rows, share_vector(self.key.group, rows, width), transcript
        )
        return changed(body, proof=bytes(prove(statement, Witness((x,)), transcript)))


@pytest.fixture(scope="module")
def office() -> Office:
    return Office()


@pytest.mark.parametrize(("n", "t"), [(1, 1), (3, 2), (3, 3)])
def test_any_t_trustees_give_the_same_plaintexts(n: int, t: int) -> None:
    office = Office(n, t)
    shares = {i: office.share(i) for i in range(1, n + 1)}
    for subset in combinations(shares, t):
        decryption = office.fresh()
        for posted, index in enumerate(subset):
            assert decryption.posted(PLACE) == posted
            with pytest.raises(EvidenceMissing, match=f"{posted} of {t} decryption shares"):
                decryption.plaintexts(PLACE)
            office.admit(index, shares[index], decryption)
        assert office.plaintexts(decryption) == office.messages


def test_more_shares_than_needed_change_nothing(office: Office) -> None:
    decryption = office.fresh()
    for index in (3, 1, 2):
        office.admit(index, office.share(index), decryption)
    assert office.plaintexts(decryption) == office.messages


def test_ciphertexts_with_the_identity_are_decrypted_like_any_other() -> None:
    office = Office()
    group = office.key.group
    office.rows[0] = (Ciphertext(group.identity, group.identity), Ciphertext(group.identity, group.generator))
    office.messages[0] = (group.identity, group.generator)
    for place in (PLACE, OTHER):
        office.open(office.decryption, place)
    for index in (1, 2):
        office.admit(index, office.share(index))
    assert office.plaintexts() == office.messages


@pytest.mark.parametrize("bound", [0, 1, 3, 100])
def test_small_powers_are_recognised_and_others_found_whichever_trustees_were_there(bound: int) -> None:
    office = Office(4, 3)
    group = office.key.group
    exponents = [(0, 1), (2, 3), (4, 100), (101, 2**40), (-1, -2)]
    office.messages = [tuple(group.generator**m for m in row) for row in exponents]
    office.rows = [
        tuple(office.key.encrypt(m, group.scalar(3 * i + j)) for j, m in enumerate(row, 1))
        for i, row in enumerate(office.messages)
    ]
    for place in (PLACE, OTHER):
        office.open(office.decryption, place)
    shares = {i: office.share(i) for i in range(1, 5)}
    for subset in combinations(shares, 3):  # (1, 2, 4) and (1, 3, 4) need a root
        decryption = office.fresh()
        for index in subset:
            office.admit(index, shares[index], decryption)
        assert office.plaintexts(decryption, bound) == office.messages


WRONG: dict[str, Callable[[list[Element]], list[Element]]] = {
    "one d is another": lambda d: [d[0] * d[0].group.generator, *d[1:]],
    "the last d is another": lambda d: [*d[:-1], d[-1] * d[0]],
    "one d is the identity": lambda d: [*d[:3], d[0].group.identity, *d[4:]],
    "one d is inverted": lambda d: [d[0].group.identity / d[0], *d[1:]],
    "two exchanged": lambda d: [d[1], d[0], *d[2:]],
    "two that cancel": lambda d: [d[0] * d[5], d[1] / d[5], *d[2:]],
    "all are the identity": lambda d: [d[0].group.identity] * len(d),
    "all by another x": lambda d: [x * x for x in d],
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_share_names_its_trustee(office: Office, name: str) -> None:
    decryption = office.fresh()
    with pytest.raises(VerificationError, match="trustee 2") as caught:
        office.admit(2, office.forge(2, WRONG[name]), decryption)
    assert caught.value.check == "decryption.proof"
    assert decryption.posted(PLACE) == 0
    office.admit(2, office.forge(2, list), decryption)  # and the honest one may follow


def bodies(office: Office) -> dict[str, tuple[str, int, DecryptionShare]]:
    """Return what must not be admitted from whom, by check."""
    good, elsewhere, by_two = office.share(1), office.share(1, OTHER), office.share(2)
    return {
        "a unit that there is not": ("decryption.list", 1, changed(good, unit="west")),
        "a contest that there is not": ("decryption.list", 1, changed(good, contest="mayor")),
        "another list": ("decryption.list", 1, changed(good, input=bytes(32))),
        "by nobody's share": ("decryption.list", 4, good),
        "by another trustee": ("decryption.proof", 2, good),
        "another trustee's proof": ("decryption.proof", 1, changed(good, proof=by_two.proof)),
        "another trustee's d": ("decryption.proof", 1, changed(good, shares=by_two.shares)),
        "a proof for another unit": ("decryption.proof", 1, changed(good, proof=elsewhere.proof)),
        "a broken proof": ("decryption.proof", 1, changed(good, proof=good.proof[:-1] + bytes([good.proof[-1] ^ 1]))),
    }


NAMES = [
    "a unit that there is not",
    "a contest that there is not",
    "another list",
    "by nobody's share",
    "by another trustee",
    "another trustee's proof",
    "another trustee's d",
    "a proof for another unit",
    "a broken proof",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_share_out_of_place_is_refused(office: Office, name: str) -> None:
    check, index, body = bodies(office)[name]
    decryption = office.fresh()
    with pytest.raises(VerificationError) as caught:
        office.admit(index, body, decryption)
    assert caught.value.check == check
    assert decryption.posted(PLACE) == 0


def test_each_trustee_decrypts_once(office: Office) -> None:
    decryption = office.fresh()
    office.admit(1, office.share(1), decryption)
    for body in (office.share(1), office.forge(1, list)):
        with pytest.raises(VerificationError, match=r"decryption\.once"):
            office.admit(1, body, decryption)


def malformed(office: Office) -> dict[str, list[bytes]]:
    true = [b"".join(map(bytes, row)) for row in office.messages]
    return {
        "a row missing": true[1:],
        "a row too many": [*true, true[0]],
        "a row too short": [true[0][:32], *true[1:]],
        "a row too long": [true[0] + true[0], *true[1:]],
        "no element": [b"\xff" * 64, *true[1:]],
    }


@pytest.mark.parametrize("name", ["a row missing", "a row too many", "a row too short", "a row too long", "no element"])
def test_a_malformed_list_of_shares_is_refused(office: Office, name: str) -> None:
    digest = office.lists.put(malformed(office)[name])
    with pytest.raises(DecodeError):
        office.admit(1, changed(office.share(1), shares=digest), office.fresh())


@pytest.mark.parametrize("proof", [b"", bytes(31), b"\xff" * 96], ids=["empty", "short", "no elements"])
def test_a_malformed_proof_is_refused(office: Office, proof: bytes) -> None:
    with pytest.raises(DecodeError):
        office.admit(1, changed(office.share(1), proof=proof), office.fresh())


def test_a_missing_list_leaves_the_turn_unless_it_is_passed_over(office: Office) -> None:
    decryption, good = office.fresh(), office.share(1)
    lost = changed(good, shares=bytes(32))
    with pytest.raises(EvidenceMissing):
        office.admit(1, lost, decryption)
    office.admit(1, good, decryption)
    decryption = office.fresh()
    decryption.pass_over("trustee 1", lost)
    decryption.pass_over("trustee 1", changed(lost, unit="west"))
    assert decryption.posted(PLACE) == 1
    with pytest.raises(VerificationError, match=r"decryption\.once"):
        office.admit(1, good, decryption)
    office.admit(2, office.share(2), decryption)
    with pytest.raises(EvidenceMissing, match="1 of 2"):
        decryption.plaintexts(PLACE)


def test_nothing_is_known_of_a_list_that_the_rules_do_not_determine(office: Office) -> None:
    west = Place("council", "west")
    assert office.decryption.posted(west) == 0
    assert office.decryption.places() == [PLACE, OTHER]
    for question in (office.decryption.list_of, office.decryption.plaintexts):
        with pytest.raises(Refused, match="determine no list"):
            question(west)


def test_rho_is_drawn_after_everything_is_bound(office: Office) -> None:
    """Were one d_i not bound, it could be chosen after its weight (Bernhard, Pereira, Warinschi 2012)."""
    body, ours = office.share(1), office.decryption.list_of(PLACE)
    key = office.decryption.share_keys[1]

    def weighed(author: str = "trustee 1", **changes: Any) -> Element:
        transcript = office.decryption.transcript(author, msgspec.structs.replace(body, **changes))
        return share_statement(key, ours.rows, ours.rows.all_c1, transcript).bases[1][0]

    changes: list[dict[str, Any]] = [{"input": bytes(32)}, {"shares": bytes(32)}, {"unit": "south"}, {"contest": "x"}]
    assert weighed() == weighed()
    assert len({weighed(), weighed("trustee 2"), *(weighed(**change) for change in changes)}) == 6
