"""Named attacks by mix servers, and by a board on the lists between them."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from evote.ballot.receipt import ballot_randomness
from evote.crypto.arithmetic import Arithmetic
from evote.crypto.elgamal import Ciphertext, Row
from evote.crypto.group import Element, Scalar, group
from evote.crypto.rows import Rows
from evote.crypto.vector import Vector
from evote.errors import Refused
from evote.mixnet.cascade import shuffle_transcript
from evote.mixnet.mixer import Mixer, ShuffleMessage
from evote.mixnet.shuffle import Generators, ShuffleStatement, ShuffleWitness
from evote.mixnet.terelius_wikstrom.proof import Commitment, Proof, Reply, batching_vector, challenge
from evote.mixnet.terelius_wikstrom.prover import TereliusWikstromProver
from evote.record.entries import Shuffle
from evote.record.lists import lines_digest, list_digest, list_lines
from evote.record.operator import sign_entry
from evote.record.units import Place
from evote.simulate import Simulation
from evote.verify import verify
from tests.attacks.dishonest import refused_everywhere
from tests.elections import NORTH, accept, ask, good_ballot, open_box

G = group("ristretto255")
g = G.generator
VOTES = {"n1": 1, "n2": 2, "n3": 1, "n4": 1}
MAYOR = Place("mayor", "north")


@pytest.fixture
def simulation(tmp_path: Path) -> Simulation:
    """An election whose box is closed: three for Kai, one for Liv."""
    simulation = open_box(tmp_path / "record", "mix", NORTH)
    accept(simulation.cast([good_ballot(simulation, voter, mayor=[option]) for voter, option in VOTES.items()]))
    simulation.operator.close_box()
    return simulation


def box_list(simulation: Simulation) -> list[Row]:
    """Return the rows that the ballot box determines."""
    rows = simulation.counting.cascade.current(MAYOR).rows
    assert rows is not None
    return rows.decoded()


def statement(simulation: Simulation, before: list[Row], after: list[Row]) -> ShuffleStatement:
    """Return what a shuffle of these lists would claim."""
    return simulation.counting.cascade.statement(MAYOR, Rows.of(G, 1, before), Rows.of(G, 1, after), len(before))


def message(
    simulation: Simulation,
    index: int,
    after: list[Row],
    prove: Callable[[Any], Proof],
    before: bytes | None = None,
) -> ShuffleMessage:
    """Return a mix server's message for these rows, whatever they are, with the proof that ``prove`` makes of it."""
    encoded = Rows.of(G, 1, after).encoded
    digest = simulation.counting.cascade.current(MAYOR).digest if before is None else before
    body = Shuffle(
        contest="mayor", unit="north", input=digest, output=list_digest(encoded), vectors=bytes(32), proof=b""
    )
    author = f"mixer {index}"
    proof = prove(shuffle_transcript(simulation.election, author, simulation.key))
    body = msgspec.structs.replace(body, vectors=lines_digest(proof.lines()), proof=bytes(proof))
    entry = sign_entry(simulation.keys.of(author), simulation.election.fingerprint, author, body)
    return ShuffleMessage(entry, (list(list_lines(encoded)), proof.lines()))


def pretended(simulation: Simulation, after: list[Row], claimed: list[Row] | None = None) -> ShuffleMessage:
    """Return mix server 1's message for rows that it did not get by shuffling, with as good a proof as it can make.

    The proof is made by the honest prover for the true list; with ``claimed``, for that output.
    """
    before = box_list(simulation)
    zeros = [[0] for _ in before]
    witness = ShuffleWitness(list(range(len(before))), zeros)
    made = TereliusWikstromProver(statement(simulation, before, claimed or after), witness, Arithmetic.FAST)
    return message(simulation, 1, after, made.prove)


def rerandomised(simulation: Simulation, rows: list[Row]) -> list[Row]:
    return [tuple(simulation.key.reencrypt(c, G.scalar(secrets.randbelow(G.order))) for c in row) for row in rows]


REPLACEMENTS: dict[str, Callable[[list[Row]], list[Row]]] = {
    "a ballot twice, another not at all": lambda rows: [rows[0], rows[0], *rows[2:]],
    "a ballot of the mixer's own": lambda rows: [(Ciphertext(g, g * g),), *rows[1:]],
    "two votes for one": lambda rows: [(rows[0][0] * rows[1][0],), *rows[1:]],
    "c2 of two ballots swapped": lambda rows: [
        (Ciphertext(rows[0][0].c1, rows[1][0].c2),),
        (Ciphertext(rows[1][0].c1, rows[0][0].c2),),
        *rows[2:],
    ],
    "one vote moved to another option": lambda rows: [(Ciphertext(rows[0][0].c1, rows[0][0].c2 * g),), *rows[1:]],
    "the identity as c1": lambda rows: [(Ciphertext(G.identity, g),), *rows[1:]],
}


@pytest.mark.parametrize("name", REPLACEMENTS)
def test_ballot_replaced_in_the_mix(simulation: Simulation, tmp_path: Path, name: str) -> None:
    """Chaum 1981, and every mix server since: output that is not the input in another order."""
    after = REPLACEMENTS[name](box_list(simulation))
    said = pretended(simulation, after)
    check = refused_everywhere(simulation, tmp_path / "board", said.entry, *said.lists)
    assert check == "shuffle.terelius-wikstrom"


LENGTHS: dict[str, Callable[[list[Row]], list[Row]]] = {
    "a ballot dropped": lambda rows: rows[1:],
    "a ballot added": lambda rows: [*rows, rows[0]],
}


@pytest.mark.parametrize("name", LENGTHS)
def test_ballot_dropped_or_added_in_the_mix(simulation: Simulation, tmp_path: Path, name: str) -> None:
    """Chaum 1981: a list of another length is refused before any proof is looked at."""
    rows = box_list(simulation)
    said = pretended(simulation, LENGTHS[name](rows), claimed=rows)
    assert refused_everywhere(simulation, tmp_path / "board", said.entry, *said.lists) == "entry.encoding"


def test_list_minus_one_is_mixed(simulation: Simulation, tmp_path: Path) -> None:
    """The server shuffles all ballots but one, quite rightly: its input is not the list that the box determines."""
    less = box_list(simulation)[1:]
    witness = ShuffleWitness(list(range(len(less))), [[0] for _ in less])
    made = TereliusWikstromProver(statement(simulation, less, less), witness, Arithmetic.FAST)
    said = message(simulation, 1, less, made.prove, before=list_digest(Rows.of(G, 1, less).encoded))
    assert refused_everywhere(simulation, tmp_path / "board", said.entry, *said.lists) == "mix.input"


def test_list_that_a_server_leaves_as_it_is(simulation: Simulation) -> None:
    """Keeping the order is a permutation, too: one such server is let through, which is why there are several."""
    rows = box_list(simulation)
    said = pretended(simulation, rows)
    accept([ask(simulation.operator, bytes(said.entry), *said.lists)])
    with pytest.raises(Refused):
        simulation.trustees[0].decrypt(simulation.counting.decryption, MAYOR)


@pytest.mark.parametrize("power", [2, -1, 777])
def test_tagging(simulation: Simulation, tmp_path: Path, power: int) -> None:
    """Pfitzmann 1994: the server raises one ballot to a power, to find the pair (m, m^k) among the plaintexts."""
    rows = box_list(simulation)
    tag = tuple(Ciphertext(c.c1 ** G.scalar(power), c.c2 ** G.scalar(power)) for c in rows[0])
    said = pretended(simulation, rerandomised(simulation, [*rows[:-1], tag]))
    check = refused_everywhere(simulation, tmp_path / "board", said.entry, *said.lists)
    assert check == "shuffle.terelius-wikstrom"


def test_proof_of_another_mix_server(simulation: Simulation, tmp_path: Path) -> None:
    """Server 2 hands in server 1's list and proof under its own name, and would know no more than server 1 hides."""
    first = Mixer(simulation.election, 1, simulation.keys.mixers[0]).shuffle(simulation.counting.cascade, MAYOR)
    simulation.post("mixer 1", first.entry.body, first.lists)
    entry = sign_entry(simulation.keys.mixers[1], simulation.election.fingerprint, "mixer 2", first.entry.body)
    assert refused_everywhere(simulation, tmp_path / "board", entry, *first.lists) == "mix.input"
    assert isinstance(first.entry.body, Shuffle)
    replayed = msgspec.structs.replace(first.entry.body, input=first.entry.body.output)
    entry = sign_entry(simulation.keys.mixers[1], simulation.election.fingerprint, "mixer 2", replayed)
    check = refused_everywhere(simulation, tmp_path / "replayed", entry, *first.lists)
    assert check == "shuffle.terelius-wikstrom"


def test_mix_server_left_out(simulation: Simulation, tmp_path: Path) -> None:
    """The board skips the honest server; its successor, the trustees and the auditor see whose turn it was."""
    second = Mixer(simulation.election, 2, simulation.keys.mixers[1])
    with pytest.raises(Refused):
        second.shuffle(simulation.counting.cascade, MAYOR)
    before = box_list(simulation)
    witness = ShuffleWitness(list(range(len(before))), [[0] for _ in before])
    made = TereliusWikstromProver(statement(simulation, before, before), witness, Arithmetic.FAST)
    said = message(simulation, 2, before, made.prove)
    assert refused_everywhere(simulation, tmp_path / "board", said.entry, *said.lists) == "mix.order"


# --- generators that are not independent ---

LOGARITHMS = [1000 + 7 * i for i in range(8)]  # of h_0, h_1, ...


def rigged(_generators: Any, count: int, _executor: Any = None) -> Vector:
    """Return "independent" generators whose logarithms the mix server knows."""
    return Vector.of(G, [g ** G.scalar(a) for a in LOGARITHMS[:count]])


class Accomplices:
    """A mix server that outputs ballot 0 twice and ballot 1 not at all, knowing how both were sealed.

    Since it can open the commitment to any exponents, it takes e'_0 and e'_1 with e'_0 e'_1 = e_0 e_1 (so the product
    is that of e) and e'_0 + e'_1 = e_0 + e_1 m_1/m_0 (so the messages g^m cancel).
    """

    def __init__(self, simulation: Simulation, votes: tuple[int, int], randomness: tuple[Scalar, Scalar]) -> None:
        self.simulation, self.key, self.votes, self.r = simulation, simulation.key, votes, randomness
        self.before = box_list(simulation)
        self.s = [G.scalar(secrets.randbelow(G.order)) for _ in self.before]
        origin = [0, 0, *range(2, len(self.before))]
        self.after = [
            tuple(self.key.reencrypt(c, s) for c in self.before[i]) for i, s in zip(origin, self.s, strict=True)
        ]

    def exponents(self, e: list[int]) -> list[int] | None:
        """Return e', or None if the square root that it takes does not exist."""
        q, (m0, m1) = G.order, self.votes
        total, product = (e[0] + e[1] * m1 * pow(m0, -1, q)) % q, e[0] * e[1] % q
        root = square_root((total * total - 4 * product) % q, q)
        if root is None:
            return None
        first = (total + root) * pow(2, -1, q) % q
        return [first, (total - first) % q, *e[2:]]

    def prove(self, transcript: Any) -> Proof:
        """Return a proof that convinces whoever takes the rigged generators for independent."""
        n, q = len(self.before), G.order
        t = [secrets.randbelow(q) for _ in range(n)]
        u = [g ** G.scalar(x) for x in t]  # no commitment to any permutation
        while (e_prime := self.exponents(e := self._vector(u, transcript.fork()))) is None:
            u[0] *= g
            t[0] += 1
        self._vector(u, transcript)
        h = LOGARITHMS[:n]
        x, b_list = LOGARITHMS[0], []
        for exponent in e_prime:
            x = x * exponent % q
            b_list.append(g ** G.scalar(x))
        # With every mask 0 but the response to its challenge, the reply is v times the secret.
        a = sum(x * y for x, y in zip(t, e, strict=True)) - sum(x * y for x, y in zip(h, e_prime, strict=True))
        # sum r_i e_i + f = sum (r_0 + s_j) e'_j for the two ballots, s_j e'_j for the others
        f = sum(int(s) * x for s, x in zip(self.s, e_prime, strict=True))
        f += int(self.r[0]) * (e_prime[0] + e_prime[1]) - sum(int(r) * x for r, x in zip(self.r, e, strict=False))
        one = G.identity
        commitment = Commitment(Vector.of(G, b_list), one, Vector.of(G, [one] * n), one, one, (Ciphertext(one, one),))
        v = challenge(commitment, G, transcript)
        reply = Reply(
            k_A=v * a % q,
            k_B=[0] * n,
            k_C=v * (sum(t) - sum(h)) % q,
            k_D=0,
            k_E=[v * exponent % q for exponent in e_prime],
            k_F=[v * f % q],
        )
        return Proof(Vector.of(G, u), commitment, reply)

    def _vector(self, u: list[Element], transcript: Any) -> list[int]:
        return batching_vector(statement(self.simulation, self.before, self.after), Vector.of(G, u), transcript)


def square_root(value: int, q: int) -> int | None:
    """Return a square root modulo a prime q = 5 modulo 8, or None."""
    root = pow(value, (q + 3) // 8, q)
    for candidate in (root, root * pow(2, (q - 1) // 4, q) % q):
        if candidate * candidate % q == value:
            return candidate
    return None


def accomplices(simulation: Simulation) -> Accomplices:
    """Return the mix server that two voters have told everything."""
    contest = simulation.election.contests[0]
    seeds = (simulation.tickets[voter].seed for voter in ("n1", "n2"))
    first, second = (ballot_randomness(seed, simulation.election, contest)[0] for seed in seeds)
    return Accomplices(simulation, (VOTES["n1"], VOTES["n2"]), (first, second))


def test_rigged_generators(simulation: Simulation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Haines, Lewis, Pereira, Teague 2020 (Scytl, SwissPost): a trapdoor in the commitment, and a vote is replaced.

    A verifier that took the generators from the server finds nothing wrong; ours makes its own.
    """
    cheat = accomplices(simulation)
    said = message(simulation, 1, cheat.after, cheat.prove)
    check = refused_everywhere(simulation, tmp_path / "board", said.entry, *said.lists)
    assert check == "shuffle.terelius-wikstrom"
    with monkeypatch.context() as careless:
        careless.setattr(Generators, "first", rigged)
        accept([ask(simulation.operator, bytes(said.entry), *said.lists)])
        second = Mixer(simulation.election, 2, simulation.keys.mixers[1])
        made = second.shuffle(simulation.counting.cascade, MAYOR)
        accept([ask(simulation.operator, bytes(made.entry), *made.lists)])
        simulation.decrypt()
        simulation.operator.tally()
        report = verify(simulation.path)
        assert report.status == 0
        assert report.results["mayor"].counts == (4, 0, 0)  # Liv's one vote is gone
    report = verify(simulation.path)
    assert [(f.check, f.error) for f in report.failures] == [
        ("shuffle.terelius-wikstrom", "entry 20 (shuffle by mixer 1)")
    ]
