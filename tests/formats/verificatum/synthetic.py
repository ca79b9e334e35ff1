"""Proof directories of any length, made by our own prover with Verificatum's hashing; for measurements.

``python -m tests.formats.verificatum.synthetic p-256 10000 /tmp/made`` writes a shuffle in ``nizkp`` beside its
``protInfo.xml``.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import Any

from evote.crypto.arithmetic import Arithmetic
from evote.crypto.elgamal import Ciphertext, PublicKey, Row
from evote.crypto.group import group
from evote.crypto.rows import Rows
from evote.crypto.transcript import NativeTranscript
from evote.crypto.vector import Vector
from evote.formats.verificatum.byte_tree import node, node_header
from evote.formats.verificatum.generators import generators
from evote.formats.verificatum.groups import write_group
from evote.formats.verificatum.oracle import Challenger
from evote.formats.verificatum.protinfo import parse_protinfo
from evote.formats.verificatum.records import element_record, write_element, write_scalars, write_vector
from evote.mixnet.shuffle import ShuffleStatement, ShuffleWitness
from evote.mixnet.terelius_wikstrom.prover import TereliusWikstromProver
from tests.formats.verificatum.cases import VECTORS


class Dialect(NativeTranscript):
    """Answers with Verificatum's challenges; what it is told it writes as Verificatum would."""

    def __init__(self, challenger: Challenger, statement: ShuffleStatement, lists: list[bytes]) -> None:
        super().__init__("synthetic")
        self._challenger, self._statement, self._lists = challenger, statement, lists
        self._said: dict[str, Any] = {}
        self._seed = b""

    def append(self, label: str, *messages: Any) -> None:
        self._said[label] = list(map(bytes, messages))

    def challenges(self, label: str, bits: int, count: int) -> list[int]:  # noqa: ARG002
        """Return e."""
        s, g = self._statement, self._statement.group
        array = node_header(count) + element_record(g).write(self._said["u"])
        key = node(write_element(g.generator), write_element(s.key.y))
        pieces = (write_element(g.generator), write_vector(s.h), array, key, *self._lists)
        self._seed = self._challenger.seed(node(*pieces))
        return self._challenger.batching_vector(self._seed, count)

    def challenge(self, label: str, bits: int) -> int:  # noqa: ARG002
        """Return v."""
        return self._challenger.challenge(self._seed, self.commitment)

    @property
    def commitment(self) -> bytes:
        """The commitment as a tree."""
        record, said = element_record(self._statement.group), self._said
        arrays = {label: node_header(len(said[label])) + record.write(said[label]) for label in ("B", "B'")}
        singles = {label: record.write(said[label]) for label in ("A'", "C'", "D'")}
        size = self._statement.group.element_size
        (f,) = said["F'"]
        return node(
            arrays["B"],
            singles["A'"],
            arrays["B'"],
            singles["C'"],
            singles["D'"],
            node(record.write([f[:size]]), record.write([f[size:]])),
        )


def written_list(rows: list[Row]) -> bytes:
    of = rows[0][0].c1.group
    return node(*(write_vector(Vector.of(of, half)) for half in ([r[0].c1 for r in rows], [r[0].c2 for r in rows])))


def make(name: str, n: int, to: Path) -> None:
    """Write the proof of a shuffle of n ciphertexts in the group of that name."""
    of, source = group(name), random.Random(n)
    text = (VECTORS / "p256-k1-shuffle-n1" / "protInfo.xml").read_text()
    start, end = text.index("<pgroup>") + 8, text.index("</pgroup>")
    text = f"{text[:start]}synthetic::{write_group(of).hex()}{text[end:]}"
    info = parse_protinfo(text.encode())
    challenger = info.challenger("default")
    key = PublicKey(of.generator ** source.randrange(of.order))
    h = generators(of, challenger, info.slack, n)
    before, after, witness = _shuffled(key, n, source)
    lists = [written_list(before), written_list(after)]
    statement = ShuffleStatement(key, Rows.of(of, 1, before), Rows.of(of, 1, after), h)
    dialect = Dialect(challenger, statement, lists)
    proof = TereliusWikstromProver(statement, witness, Arithmetic.FAST).prove(dialect)
    reply = proof.reply
    scalars = [write_scalars([k], of)[5:] for k in (reply.k_A, reply.k_C, reply.k_D, reply.k_F[0])]
    k_b, k_e = write_scalars(reply.k_B, of), write_scalars([k % of.order for k in reply.k_E], of)
    files = {
        "version": info.version.encode(),
        "auxsid": b"default",
        "type": b"shuffling",
        "width": b"1",
        "FullPublicKey.bt": node(write_element(of.generator), write_element(key.y)),
        "Ciphertexts.bt": lists[0],
        "ShuffledCiphertexts.bt": lists[1],
        "proofs/activethreshold": b"1",
        "proofs/PermutationCommitment01.bt": write_vector(proof.u),
        "proofs/PoSCommitment01.bt": dialect.commitment,
        "proofs/PoSReply01.bt": node(scalars[0], k_b, scalars[1], scalars[2], k_e, scalars[3]),
    }
    for file, data in files.items():
        path = to / "nizkp" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (to / "protInfo.xml").write_text(text)


def _shuffled(key: PublicKey, n: int, source: random.Random) -> tuple[list[Row], list[Row], ShuffleWitness]:
    g, q = key.group.generator, key.group.order
    exponents = [source.randrange(q) for _ in range(3 * n)]
    powers = Arithmetic.FAST.powers(g, exponents)
    blind = Arithmetic.FAST.powers(key.y, exponents[2 * n :])
    before: list[Row] = [(Ciphertext(u, v),) for u, v in zip(powers[:n], powers[n : 2 * n], strict=True)]
    pi = source.sample(range(n), n)
    after: list[Row] = [(before[i][0] * Ciphertext(powers[2 * n + i], blind[i]),) for i in pi]
    return before, after, ShuffleWitness(pi, [[s] for s in exponents[2 * n :]])


if __name__ == "__main__":
    make(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
