"""Transcripts and proofs of knowledge, equation by equation."""

import hashlib
from collections.abc import Sequence

from tests.reference.groups import Group, frame, require

Ciphertext = tuple[bytes, bytes]
Row = list[Ciphertext]
Form = list[tuple[list[bytes], bytes]]  # (bases, image)
Branch = list[int]  # its offsets: I know x with image / g^offset = prod_j base_j^x_j in every row of the form
Statement = tuple[str, Form, list[Branch]]


def integer(value: int) -> bytes:
    """Return eight bytes, big-endian."""
    return value.to_bytes(8, "big")


class Transcript:
    """All that was said so far, as bytes."""

    def __init__(self, use: str) -> None:
        self.data = frame(b"evote transcript v1") + frame(use.encode())

    def append(self, label: str, *messages: bytes) -> None:
        self.data += b"\x01" + frame(label.encode()) + integer(len(messages)) + b"".join(map(frame, messages))

    def fork(self) -> "Transcript":
        """Return a copy, with a future of its own."""
        twin = Transcript("")
        twin.data = self.data
        return twin

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


def product(group: Group, row: Sequence[Ciphertext], exponents: Sequence[int]) -> Ciphertext:
    """Return the product of the ciphertexts to these powers."""
    first, second = (group.product(*zip([c[half] for c in row], exponents, strict=True)) for half in (0, 1))
    return first, second


def proof_sizes(group: Group, form: Form, branches: list[Branch]) -> list[int]:
    """Return the lengths of a proof's commitments, then of its challenges, then of its responses."""
    rows, columns, n = len(form), len(form[0][0]), len(branches)
    challenge = (group.challenge_bits + 7) // 8
    return [group.size] * rows * n + [challenge] * (n - 1) + [group.scalar_size] * columns * n


def check_proof(
    group: Group, name: str, form: Form, branches: list[Branch], proof: bytes, transcript: Transcript
) -> None:
    """Check a proof that at least one of the branches is true."""
    rows, columns, n, k = len(form), len(form[0][0]), len(branches), group.challenge_bits
    parts = cut(proof, proof_sizes(group, form, branches))
    commitments = [group.element(part) for part in parts[: rows * n]]
    challenges = [int.from_bytes(part, "big") for part in parts[rows * n : rows * n + n - 1]]
    responses = [group.scalar(part) for part in parts[rows * n + n - 1 :]]
    require(all(c < 2**k for c in challenges), "an oversized challenge")
    transcript.append("statement", name.encode(), group.name.encode())
    transcript.append("bases", *(base for bases, _ in form for base in bases))
    transcript.append("image", *(image for _, image in form))
    if n > 1 or any(branches[0]):
        transcript.append("offsets", *(b"".join(map(integer, offsets)) for offsets in branches))
    transcript.append("commitment", *commitments)
    (c,) = transcript.challenges("challenge", k, 1)
    challenges.append((c - sum(challenges)) % 2**k)
    left = iter(commitments)
    for b, (offsets, c_b) in enumerate(zip(branches, challenges, strict=True)):
        z = responses[columns * b : columns * (b + 1)]
        for (bases, image), offset in zip(form, offsets, strict=True):
            # prod_j base_j^z_j = a (image / g^offset)^c
            target = group.product((image, 1), (group.generator, -offset))
            said = group.product((next(left), 1), (target, c_b))
            require(group.product(*zip(bases, z, strict=True)) == said, f"proof {name}")


def joined(row: Row) -> bytes:
    """Return a row's ciphertexts, one after the other."""
    return b"".join(half for c in row for half in c)
