# ruff: noqa: N806 - letters as in docs/transcript.md
"""Proofs of shuffle, equation by equation."""

from tests.reference import forms
from tests.reference.groups import Group, require
from tests.reference.proofs import Row, Transcript, cut, integer, joined


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
