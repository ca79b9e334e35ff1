# ruff: noqa: N806 - letters as in docs/transcript.md
"""Transcripts, proofs of knowledge and proofs of shuffle, equation by equation."""

import hashlib
from collections.abc import Iterator, Sequence
from types import SimpleNamespace

from tests.reference import forms
from tests.reference.groups import Group, frame, require

Ciphertext = tuple[bytes, bytes]
Row = list[Ciphertext]
Form = list[tuple[bytes, bytes]]  # (base, image)
Branch = list[int]  # its offsets: I know one x with image / g^offset = base^x in every row of the form


def integer(value: int) -> bytes:
    """Return eight bytes, big-endian."""
    return value.to_bytes(8, "big")


class Transcript:
    """All that was said so far, as bytes."""

    def __init__(self, use: str) -> None:
        self.data = frame(b"evote transcript v1") + frame(use.encode())

    def append(self, label: str, *messages: bytes) -> None:
        self.data += b"\x01" + frame(label.encode()) + integer(len(messages)) + b"".join(map(frame, messages))

    def challenges(self, label: str, bits: int, count: int) -> list[int]:
        self.data += b"\x02" + frame(label.encode()) + integer(bits) + integer(count)
        size = (bits + 7) // 8
        output = hashlib.shake_256(self.data).digest(size * count)
        return [int.from_bytes(part, "big") % 2**bits for part in cut(output, [size] * count)]


def cut(data: bytes, sizes: Sequence[int]) -> list[bytes]:
    """Return the parts of ``data``, which must be as long as they are together."""
    require(len(data) == sum(sizes), "not of its length")
    parts = []
    for size in sizes:
        parts.append(data[:size])
        data = data[size:]
    return parts


def ciphertexts(group: Group, data: bytes, width: int) -> Row:
    """Return the ciphertexts c1 || c2 in a row."""
    parts = [group.element(part) for part in cut(data, [group.size] * 2 * width)]
    return list(zip(parts[::2], parts[1::2], strict=True))


def check_proof(
    group: Group, name: str, form: Form, branches: list[Branch], proof: bytes, transcript: Transcript
) -> None:
    """Check a proof that at least one of the branches is true."""
    rows, n, k = len(form), len(branches), group.challenge_bits
    parts = cut(proof, [group.size] * rows * n + [(k + 7) // 8] * (n - 1) + [group.scalar_size] * n)
    commitments = [group.element(part) for part in parts[: rows * n]]
    challenges = [int.from_bytes(part, "big") for part in parts[rows * n : rows * n + n - 1]]
    responses = [group.scalar(part) for part in parts[rows * n + n - 1 :]]
    require(all(c < 2**k for c in challenges), "an oversized challenge")
    transcript.append("statement", name.encode(), group.name.encode())
    transcript.append("bases", *(base for base, _ in form))
    transcript.append("image", *(image for _, image in form))
    if n > 1 or any(branches[0]):
        transcript.append("offsets", *(b"".join(map(integer, offsets)) for offsets in branches))
    transcript.append("commitment", *commitments)
    (c,) = transcript.challenges("challenge", k, 1)
    challenges.append((c - sum(challenges)) % 2**k)
    left = iter(commitments)
    for offsets, c_i, z in zip(branches, challenges, responses, strict=True):
        for (base, image), offset in zip(form, offsets, strict=True):
            # base^z = a (image / g^offset)^c
            target = group.product((image, 1), (group.generator, -offset))
            require(group.product((base, z)) == group.product((next(left), 1), (target, c_i)), f"proof {name}")


def ballot_statements(
    group: Group, y: bytes, contest: SimpleNamespace, row: Row, allowed: list[int]
) -> Iterator[tuple[str, Form, list[Branch]]]:
    """Yield what must be proved of an answer."""
    g, rules, options = group.generator, contest.rules, len(contest.options)

    def one_of(c: Ciphertext, values: Sequence[int]) -> tuple[str, Form, list[Branch]]:
        return "encryption-of-one-of", [(g, c[0]), (y, c[1])], [[0, v] for v in values]

    if contest.mixed:
        yield "knowledge-of-randomness", [(g, row[0][0])], [[0]]
        if rules.membership == "proved":
            yield one_of(row[0], [0] * rules.blank + allowed)
        return
    for number, c in enumerate(row, 1):
        yield one_of(c, [0, 1] if number in allowed or number > options else [0])
    weights = [1] * options + [rules.maximum] * rules.blank
    total = [group.product(*((c[half], w) for c, w in zip(row, weights, strict=True))) for half in (0, 1)]
    yield one_of((total[0], total[1]), range(rules.minimum, rules.maximum + 1))


def check_shuffle(
    group: Group, y: bytes, before: list[Row], after: list[Row], lines: list[bytes], proof: bytes, t: Transcript
) -> None:
    """Check a Terelius-Wikstrom proof; letters as in docs/transcript.md."""
    g, q, n, width = group.generator, group.order, len(before), len(before[0])
    require(len(lines) == n, "a proof of shuffle has a line for each row")
    vectors = [forms.VECTOR_LINE(forms.load(line)) for line in lines]
    B, B_prime, u = ([group.element(getattr(v, name)) for v in vectors] for name in ("B", "B_prime", "u"))
    k_B, k_E = [group.scalar(v.k_B) for v in vectors], [response(group, v.k_E) for v in vectors]
    parts = cut(proof, [group.size] * (3 + 2 * width) + [group.scalar_size] * (3 + width))
    A_prime, C_prime, D_prime, *halves = (group.element(part) for part in parts[: 3 + 2 * width])
    k_A, k_C, k_D, *k_F = (group.scalar(part) for part in parts[3 + 2 * width :])
    h = [group.hash("shuffle generators", integer(i)) for i in range(n)]

    t.append("shuffle", b"terelius-wikstrom", group.name.encode(), integer(width))
    t.append("pk", g, y)
    t.append("w", *map(joined, before))
    t.append("w'", *map(joined, after))
    t.append("u", *u)
    e = t.challenges("e", 128, n)
    t.append("B", *B)
    t.append("A'", A_prime)
    t.append("B'", *B_prime)
    t.append("C'", C_prime)
    t.append("D'", D_prime)
    t.append("F'", b"".join(halves))
    (v,) = t.challenges("v", group.challenge_bits, 1)

    def equal(what: str, left: list[tuple[bytes, int]], right: list[tuple[bytes, int]]) -> None:
        require(group.product(*left) == group.product(*right), f"shuffle: {what}")

    # A^v A' = g^k_A prod h_i^k_E,i   with A = prod u_i^e_i
    A = group.product(*zip(u, e, strict=True))
    equal("A", [(A, v), (A_prime, 1)], [(g, k_A), *zip(h, k_E, strict=True)])
    # B_i^v B'_i = g^k_B,i B_{i-1}^k_E,i   with B_{-1} = h_0
    for i in range(n):
        equal("B", [(B[i], v), (B_prime[i], 1)], [(g, k_B[i]), (B[i - 1] if i else h[0], k_E[i])])
    # C^v C' = g^k_C   with C = prod u_i / prod h_i
    C = group.product(*((x, 1) for x in u), *((x, -1) for x in h))
    equal("C", [(C, v), (C_prime, 1)], [(g, k_C)])
    # D^v D' = g^k_D   with D = B_{N-1} / h_0^{prod e_i}
    exponent = 1
    for e_i in e:
        exponent = exponent * e_i % q
    D = group.product((B[-1], 1), (h[0], -exponent))
    equal("D", [(D, v), (D_prime, 1)], [(g, k_D)])
    # F^v F' = (g, y)^{-k_F} prod w'_i^k_E,i   with F = prod w_i^e_i, in each block
    for block in range(width):
        for half, base in enumerate((g, y)):
            F = group.product(*((row[block][half], e_i) for row, e_i in zip(before, e, strict=True)))
            mixed = [(row[block][half], k) for row, k in zip(after, k_E, strict=True)]
            equal("F", [(F, v), (halves[2 * block + half], 1)], [(base, -k_F[block]), *mixed])


def response(group: Group, data: bytes) -> int:
    """Return a k_E: a scalar, or where q is long an integer below twice the bound of its mask."""
    bound = 2 ** (128 + group.challenge_bits + 128)
    if bound >= group.order:
        return group.scalar(data)
    (part,) = cut(data, [(bound.bit_length() + 7) // 8])
    require(int.from_bytes(part, "big") < 2 * bound, "k_E is too long")
    return int.from_bytes(part, "big")


def joined(row: Row) -> bytes:
    """Return a row's ciphertexts, one after the other."""
    return b"".join(half for c in row for half in c)
