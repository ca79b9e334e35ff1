"""Works with many small proofs: 0/1 selections, and partial decryptions with a proof each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from evote.bench.materials import exponents, public_key, secret, shared
from evote.bench.measure import Bench, Made, Timed
from evote.crypto.arithmetic import Arithmetic, Powers
from evote.crypto.batch import Batch
from evote.crypto.elgamal import PublicKey, decode_ciphertexts
from evote.crypto.group import Element, Scalar, group
from evote.crypto.prover import prove
from evote.crypto.relation import Statement, Witness, decode_proofs
from evote.crypto.statements import decryption, encryption_of_one_of
from evote.crypto.transcript import NativeTranscript
from evote.crypto.verifier import equations
from evote.record.context import proof_transcript

BATCH = 10_000  # proofs that are folded into one product


def selection_prove(bench: Bench) -> Timed:
    """Encrypt one selection and prove that it is 0 or 1 as a voter does, up to encoded ciphertext and proof.

    Carefully: modulo p by tables of generator and key that are read whole; one pair of tables, timed, for all n.
    """
    return _proving(bench, Arithmetic.CAREFUL)


def selection_prove_untabled(bench: Bench) -> Timed:
    """Do the same with every power by the careful path of ``**``: ``powmod_sec``, libsodium or OpenSSL."""
    return _proving(bench, None)


def selection_prove_fast(bench: Bench) -> Timed:
    """Do the same with fast tables, as a simulation does."""
    return _proving(bench, Arithmetic.FAST)


def _proving(bench: Bench, arithmetic: Arithmetic | None) -> Timed:
    return lambda: shared(partial(_selections, arithmetic, bench.group), range(bench.n), bench)


def selection_verify(bench: Bench) -> Timed:
    """Verify one 0/1 selection from encoded ciphertext and encoded proof: decode, hash, batches of `BATCH`."""
    made = bench.made(_made_selections)
    (key,) = made["key"]
    triples = list(zip(range(bench.n), made["ciphertexts"], made["proofs"], strict=True))
    check = partial(_check_selections, bench.group, key)
    return lambda: shared(check, triples, bench, BATCH)


def _made_selections(bench: Bench) -> Made:
    sealed = _selections(Arithmetic.FAST, bench.group, list(range(bench.n)))
    return {
        "key": [bytes(public_key(group(bench.group)).y)],
        "ciphertexts": [ciphertext for ciphertext, _ in sealed],
        "proofs": [proof for _, proof in sealed],
    }


def _selections(arithmetic: Arithmetic | None, name: str, numbers: list[int]) -> list[tuple[bytes, bytes]]:
    """Return encoded ciphertexts and proofs of the votes ``number`` mod 2."""
    algebra = group(name)
    key = public_key(algebra)
    bases = (algebra.generator, key.y)
    power = Powers(arithmetic, *bases, count=6 * len(numbers)) if arithmetic else Powers(Arithmetic.CAREFUL)
    votes = [algebra.identity, algebra.generator]
    randomness = NativeTranscript("bench").challenges("r", algebra.order.bit_length() + 128, len(numbers))
    sealed = []
    for number, r in zip(numbers, map(algebra.scalar, randomness), strict=True):
        ciphertext = key.encrypt(votes[number % 2], r, power=power)
        statement, witness = encryption_of_one_of(key, ciphertext, (0, 1)), Witness((r,), number % 2)
        sealed.append((bytes(ciphertext), bytes(prove(statement, witness, _transcript(number), power=power))))
    return sealed


def _check_selections(name: str, key: bytes, triples: list[tuple[int, bytes, bytes]]) -> None:
    algebra = group(name)
    y = PublicKey(algebra.decode(key))
    ciphertexts = decode_ciphertexts(algebra, [data for _, data, _ in triples])
    statements = (encryption_of_one_of(y, ciphertext, (0, 1)) for ciphertext in ciphertexts)
    _check_proofs((number, s, data) for (number, _, data), s in zip(triples, statements, strict=True))


def _check_proofs(claims: Iterable[tuple[int, Statement, bytes]]) -> None:
    numbers, statements, encodings = zip(*claims, strict=True)
    batch = Batch(bytes(32))
    for number, statement, proof in zip(numbers, statements, decode_proofs(statements, encodings), strict=True):
        batch.add(equations(statement, proof, _transcript(number)), statement.name, str(number))
    batch.check()


def _transcript(number: int) -> NativeTranscript:
    return proof_transcript(NativeTranscript("bench"), "bench", number)


def decryption_each_verify(bench: Bench) -> Timed:
    """Verify one partial decryption with a proof of its own, in batches of `BATCH`, from encoded c1, d and proof."""
    made = bench.made(_made_decryptions)
    (key,) = made["key"]
    items = list(zip(range(bench.n), made["c1"], made["d"], made["proofs"], strict=True))
    return lambda: shared(partial(_check_decryptions, bench.group, key), items, bench, BATCH)


def _made_decryptions(bench: Bench) -> Made:
    algebra, logarithms = group(bench.group), exponents(bench)
    g_power, x = Arithmetic.FAST.table(algebra.generator), secret(algebra)
    y = algebra.generator**x
    made: Made = {"key": [bytes(y)], "c1": [], "d": [], "proofs": []}
    for number, k in enumerate(logarithms):
        c1, d = g_power(k), g_power(k * int(x))
        # Whoever knows the logarithm of c1 has all its powers from the table of g.
        known = {algebra.generator: 1, c1: k}
        power = partial(_known_power, g_power, known)
        proof = prove(decryption(y, c1, d), Witness((x,)), _transcript(number), power=power)
        for name, value in (("c1", c1), ("d", d), ("proofs", proof)):
            made[name].append(bytes(value))
    return made


def _known_power(
    g_power: Callable[[int], Element], known: Mapping[Element, int], base: Element, exponent: Scalar | int
) -> Element:
    return g_power(known[base] * int(exponent))


def _check_decryptions(name: str, key: bytes, items: list[tuple[int, bytes, bytes, bytes]]) -> None:
    algebra = group(name)
    y = algebra.decode(key)
    elements = algebra.decode_many([data for _, c1, d, _ in items for data in (c1, d)])
    pairs = zip(elements[::2], elements[1::2], strict=True)
    statements = (decryption(y, c1, d) for c1, d in pairs)
    _check_proofs((number, s, data) for (number, _, _, data), s in zip(items, statements, strict=True))
