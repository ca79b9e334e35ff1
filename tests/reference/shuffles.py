# ruff: noqa: N803, N806 - letters as in docs/transcript.md
"""Proofs of shuffle, equation by equation. Each is checked by a function that returns u."""

from types import SimpleNamespace
from typing import Any

from tests.reference import forms
from tests.reference.groups import Group, require
from tests.reference.proofs import Row, Transcript, cut, integer, joined

Factors = list[tuple[bytes, int]]


def terelius_wikstrom(
    group: Group, y: bytes, body: Any, before: list[Row], after: list[Row], lines: list[bytes], t: Transcript
) -> list[bytes]:
    """Check the proof in one part; ``t`` is opened, ``lines`` are those of the vectors."""
    width = len(before[0])
    p = columns(group, [forms.VECTOR_LINE(forms.load(line)) for line in lines])
    parts = cut(body.proof, [group.size] * (3 + 2 * width) + [group.scalar_size] * (3 + width))
    p.A_prime, p.C_prime, p.D_prime, *halves = (group.element(part) for part in parts[: 3 + 2 * width])
    p.k_A, p.k_C, p.k_D, *k_F = (group.scalar(part) for part in parts[3 + 2 * width :])

    t.append("place", body.contest.encode(), body.unit.encode())
    t.append("lists", body.input, body.output)
    t.append("shuffle", b"terelius-wikstrom", group.name.encode(), integer(width))
    t.append("pk", group.generator, y)
    t.append("w", *map(joined, before))
    t.append("w'", *map(joined, after))
    t.append("u", *p.u)
    e = t.challenges("e", 128, len(before))
    append_commitment(t, p)
    t.append("F'", b"".join(halves))
    (v,) = t.challenges("v", group.challenge_bits, 1)

    check_permutation(group, p, e, v)
    check_reencryption(group, y, before, after, halves, k_F, p.k_E, e, v)
    return p.u


def commitment_consistent(
    group: Group, y: bytes, body: Any, before: list[Row], after: list[Row], lines: list[bytes], t: Transcript
) -> list[bytes]:
    """Check the proof in two parts: u commits to a permutation, and the list is permuted as its kept entries say."""
    width, n, g = len(before[0]), len(before), group.generator
    vectors = [forms.TWO_PARTS_LINE(forms.load(line)) for line in lines]
    p, kept = columns(group, vectors), [i for i, line in enumerate(vectors) if line.list_k_E]
    require(len(kept) == n, "as many entries of u are kept as the list has rows")
    k_E = [response(group, vectors[i].list_k_E) for i in kept]
    sizes = [group.size] * 3 + [group.scalar_size] * 3 + [group.size] * (1 + 2 * width)
    parts = cut(body.proof, sizes + [group.scalar_size] * (1 + width))
    p.A_prime, p.C_prime, p.D_prime = map(group.element, parts[:3])
    p.k_A, p.k_C, p.k_D = map(group.scalar, parts[3:6])
    A_prime, *halves = map(group.element, parts[6 : 7 + 2 * width])
    k_A, *k_F = map(group.scalar, parts[7 + 2 * width :])

    t.append("contest", body.contest.encode())
    t.append("permutation", b"commitment-consistent", group.name.encode())
    t.append("u", *p.u)
    e = t.challenges("e", 128, len(p.u))
    append_commitment(t, p)
    (v,) = t.challenges("v", group.challenge_bits, 1)
    check_permutation(group, p, e, v)

    t.append("k_A, k_C, k_D", *parts[3:6])
    t.append("k_B", *(line.k_B for line in vectors))
    t.append("k_E", *(line.k_E for line in vectors))
    t.append("place", body.contest.encode(), body.unit.encode())
    t.append("lists", body.input, body.output)
    t.append("kept", bytes(i in kept for i in range(len(p.u))))
    t.append("shuffle", b"commitment-consistent", group.name.encode(), integer(width))
    t.append("pk", g, y)
    e = t.challenges("e", 128, n)
    t.append("A'", A_prime)
    t.append("F'", b"".join(halves))
    (v,) = t.challenges("v", group.challenge_bits, 1)
    # A^v A' = g^k_A prod h_i^k_E,i   with A = prod u_i^e_i over the entries that are kept, and the first n generators
    A = group.product(*zip([p.u[i] for i in kept], e, strict=True))
    equal(group, "A", [(A, v), (A_prime, 1)], [(g, k_A), *zip(p.h[:n], k_E, strict=True)])
    check_reencryption(group, y, before, after, halves, k_F, k_E, e, v)
    return p.u


# name -> the check, and how many lines it may have for each row
SHUFFLES = {"terelius-wikstrom": (terelius_wikstrom, 1), "commitment-consistent": (commitment_consistent, 4)}


def columns(group: Group, vectors: list[Any]) -> SimpleNamespace:
    """Return the columns of the lines of a permutation's proof, and as many generators."""
    B, B_prime, u = ([group.element(getattr(v, name)) for v in vectors] for name in ("B", "B_prime", "u"))
    k_B, k_E = [group.scalar(v.k_B) for v in vectors], [response(group, v.k_E) for v in vectors]
    h = [group.hash("shuffle generators", integer(i)) for i in range(len(vectors))]
    return SimpleNamespace(B=B, B_prime=B_prime, u=u, k_B=k_B, k_E=k_E, h=h)


def append_commitment(t: Transcript, p: SimpleNamespace) -> None:
    t.append("B", *p.B)
    t.append("A'", p.A_prime)
    t.append("B'", *p.B_prime)
    t.append("C'", p.C_prime)
    t.append("D'", p.D_prime)


def equal(group: Group, what: str, left: Factors, right: Factors) -> None:
    require(group.product(*left) == group.product(*right), f"shuffle: {what}")


def check_permutation(group: Group, p: SimpleNamespace, e: list[int], v: int) -> None:
    """Check that u commits to a permutation."""
    g, h = group.generator, p.h
    # A^v A' = g^k_A prod h_i^k_E,i   with A = prod u_i^e_i
    A = group.product(*zip(p.u, e, strict=True))
    equal(group, "A", [(A, v), (p.A_prime, 1)], [(g, p.k_A), *zip(h, p.k_E, strict=True)])
    # B_i^v B'_i = g^k_B,i B_{i-1}^k_E,i   with B_{-1} = h_0
    for i, (B_i, B_prime_i) in enumerate(zip(p.B, p.B_prime, strict=True)):
        last = p.B[i - 1] if i else h[0]
        equal(group, "B", [(B_i, v), (B_prime_i, 1)], [(g, p.k_B[i]), (last, p.k_E[i])])
    # C^v C' = g^k_C   with C = prod u_i / prod h_i
    C = group.product(*((x, 1) for x in p.u), *((x, -1) for x in h))
    equal(group, "C", [(C, v), (p.C_prime, 1)], [(g, p.k_C)])
    # D^v D' = g^k_D   with D = B_{N-1} / h_0^{prod e_i}
    exponent = 1
    for e_i in e:
        exponent = exponent * e_i % group.order
    D = group.product((p.B[-1], 1), (h[0], -exponent))
    equal(group, "D", [(D, v), (p.D_prime, 1)], [(g, p.k_D)])


def check_reencryption(
    group: Group,
    y: bytes,
    before: list[Row],
    after: list[Row],
    halves: list[bytes],
    k_F: list[int],
    k_E: list[int],
    e: list[int],
    v: int,
) -> None:
    """Check F^v F' = (g, y)^{-k_F} prod w'_i^k_E,i   with F = prod w_i^e_i, in each block."""
    for block in range(len(before[0])):
        for half, base in enumerate((group.generator, y)):
            F = group.product(*((row[block][half], e_i) for row, e_i in zip(before, e, strict=True)))
            mixed = [(row[block][half], k) for row, k in zip(after, k_E, strict=True)]
            equal(group, "F", [(F, v), (halves[2 * block + half], 1)], [(base, -k_F[block]), *mixed])


def response(group: Group, data: bytes) -> int:
    """Return a k_E: a scalar, or where q is long an integer below twice the bound of its mask."""
    bound = 2 ** (128 + group.challenge_bits + 128)
    if bound >= group.order:
        return group.scalar(data)
    (part,) = cut(data, [(bound.bit_length() + 7) // 8])
    require(int.from_bytes(part, "big") < 2 * bound, "k_E is too long")
    return int.from_bytes(part, "big")
