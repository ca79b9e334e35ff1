"""What a value may be replaced by: tables of operators, by what the value is.

Most replacements are well formed, because what cannot be decoded hides what is merely false.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from evote.crypto.group import Element, group
from evote.crypto.relation import challenge_size
from evote.crypto.signing import SigningKey
from evote.errors import DecodeError

GROUP = group("ristretto255")
Q, SIZE = GROUP.order, GROUP.element_size
CHALLENGE = challenge_size(GROUP)
OTHER = GROUP.hash_to_group("mutants", b"other")


def on_element(function: Callable[[Element], Element]) -> Callable[[bytes], bytes]:
    return lambda data: bytes(function(GROUP.decode(data)))


def on_scalar(function: Callable[[int], int]) -> Callable[[bytes], bytes]:
    return lambda data: function(int.from_bytes(data, "big")).to_bytes(len(data), "big")


def flip(data: bytes) -> bytes:
    """Change the lowest bit of the middle byte."""
    at = len(data) // 2
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def no_element() -> bytes:
    """Return a reduced even number that encodes nothing."""
    for number in range(2, 1000, 2):
        data = number.to_bytes(SIZE, "little")
        try:
            GROUP.decode(data)
        except DecodeError:
            return data
    raise AssertionError


ELEMENT: dict[str, Callable[[bytes], bytes]] = {
    "identity": lambda _: bytes(GROUP.identity),
    "generator": lambda _: bytes(GROUP.generator),
    "times-g": on_element(lambda e: e * GROUP.generator),
    "inverse": on_element(lambda e: GROUP.identity / e),
    "square": on_element(lambda e: e * e),
    "other": lambda _: bytes(OTHER),
    "unreduced": lambda data: (2**255 - 19 + int.from_bytes(data, "little") % 19).to_bytes(SIZE, "little"),
    "sign-bit": lambda data: data[:-1] + bytes([data[-1] | 0x80]),
    "no-element": lambda _: no_element(),
}
SCALAR: dict[str, Callable[[bytes], bytes]] = {
    "plus-1": on_scalar(lambda x: (x + 1) % Q),
    "zero": lambda data: bytes(len(data)),
    "negated": on_scalar(lambda x: -x % Q),
    "plus-q": on_scalar(lambda x: x + Q),
}
CHALLENGES: dict[str, Callable[[bytes], bytes]] = {
    "plus-1": on_scalar(lambda x: (x + 1) % (1 << 8 * CHALLENGE)),
    "zero": lambda data: bytes(len(data)),
    "top-bit": lambda data: bytes([data[0] ^ 0x80]) + data[1:],
}
DIGEST: dict[str, Callable[[bytes], bytes]] = {
    "flipped": flip,
    "zeros": lambda data: bytes(len(data)),
}
BOX_KEY: dict[str, Callable[[bytes], bytes]] = {
    "fresh": flip,
    "zero": lambda _: bytes(32),
    "one": lambda _: (1).to_bytes(32, "little"),
    "unreduced": lambda _: (2**255 - 19 + 9).to_bytes(32, "little"),
    "high-bit": lambda data: data[:-1] + bytes([data[-1] | 0x80]),
}
SIGNATURE: dict[str, Callable[[bytes], bytes]] = {
    "flipped-R": lambda data: flip(data[:32]) + data[32:],
    "flipped-S": lambda data: data[:32] + flip(data[32:]),
    "S-plus-l": lambda data: data[:32] + (int.from_bytes(data[32:], "little") + Q).to_bytes(32, "little"),
    "zeros": lambda _: bytes(64),
    "halves-swapped": lambda data: data[32:] + data[:32],
}
BLOB: dict[str, Callable[[bytes], bytes]] = {"flipped": flip, "zeros": lambda data: bytes(len(data))}
LENGTH: dict[str, Callable[[bytes], bytes]] = {
    "byte-less": lambda data: data[:-1],
    "byte-more": lambda data: data + b"\x00",
    "empty": lambda _: b"",
}
KEY: dict[str, Callable[[bytes], bytes]] = {
    "fresh": lambda data: SigningKey.from_seed(data).public_key,
    "identity": lambda _: (1).to_bytes(32, "little"),
    "small-order": lambda _: bytes(32),
}

INTEGER: dict[str, Callable[[int], Any]] = {
    "plus-1": lambda x: x + 1,
    "minus-1": lambda x: x - 1,
    "zero": lambda _: 0,
    "2^53": lambda _: 1 << 53,
    "as-text": str,
}
TEXT: dict[str, Callable[[str], Any]] = {
    "letter-more": lambda text: text + "x",
    "letter-less": lambda text: text[:-1],
    "empty": lambda _: "",
    "upper-case": str.upper,
    "decomposed": lambda text: text + "o\u0303",
    "control": lambda text: text + "\x7f",
    "null": lambda _: None,
}
LIST: dict[str, Callable[[list[Any]], list[Any]]] = {
    "first-dropped": lambda items: items[1:],
    "last-dropped": lambda items: items[:-1],
    "first-twice": lambda items: items[:1] + items,
    "last-twice": lambda items: items + items[-1:],
    "first-over-last": lambda items: items[:-1] + items[:1],
    "reversed": lambda items: items[::-1],
    "first-two-swapped": lambda items: items[1::-1] + items[2:],
    "emptied": lambda _: [],
}
OPERATORS: dict[type, Mapping[str, Callable[[Any], Any]]] = {int: INTEGER, str: TEXT, list: LIST}


class Part(NamedTuple):
    """A stretch of bytes, by the paper's name, and what may be put in its place."""

    name: str
    size: int
    operators: dict[str, Callable[[bytes], bytes]]


def element(name: str) -> Part:
    return Part(name, SIZE, ELEMENT)


def scalar(name: str) -> Part:
    return Part(name, GROUP.scalar_size, SCALAR)


CIPHERTEXT = (element("c1"), element("c2"))
EQUALITY_PROOF = (element("commitment-1"), element("commitment-2"), scalar("response"))
LOGARITHM_PROOF = (element("commitment"), scalar("response"))
BIT_PROOF = (
    *(element(f"commitment-{b}") for b in range(2)),
    Part("challenge-0", CHALLENGE, CHALLENGES),
    *(scalar(f"response-{b}") for b in range(2)),
)
LINK_PROOF = (*(element(f"commitment-{row}") for row in (1, 2, 3)), *map(scalar, ("rho", "v", "R")))
SHARE_PROOF = (element("commitment-1"), element("commitment-2"), scalar("x"), scalar("rho"))


def ballot_proof(data: bytes) -> tuple[Part, ...]:
    """Return the parts of a proof in a ballot or a test; its length tells which it is, and how many branches it has."""
    sizes = {sum(part.size for part in proof): proof for proof in (LOGARITHM_PROOF, BIT_PROOF, LINK_PROOF)}
    if len(data) in sizes:
        return sizes[len(data)]
    branches = (len(data) + CHALLENGE) // (2 * SIZE + CHALLENGE + GROUP.scalar_size)
    return (
        *(element(f"commitment-{b}-{row}") for b in range(branches) for row in (1, 2)),
        *(Part(f"challenge-{b}", CHALLENGE, CHALLENGES) for b in range(branches - 1)),
        *(scalar(f"response-{b}") for b in range(branches)),
    )


def shuffle_proof(data: bytes) -> tuple[Part, ...]:
    """Return the parts of the string of a proof of shuffle; its length tells which, and how wide the rows are."""
    blocks, two_parts = range(1, len(data) // (3 * SIZE) - 1), len(data) % (3 * SIZE)
    F_prime = [element(f"F'-{block}-c{half}") for block in blocks for half in (1, 2)]  # noqa: N806 - the paper's letter
    k_F = [scalar(f"k_F-{block}") for block in blocks]  # noqa: N806
    first, answers = map(element, ("A'", "C'", "D'")), map(scalar, ("k_A", "k_C", "k_D"))
    if two_parts:
        return (*first, *answers, element("A'-of-2"), *F_prime, scalar("k_A-of-2"), *k_F)
    return (*first, *F_prime, *answers, *k_F)


def ciphertexts(data: bytes) -> tuple[Part, ...]:
    """Return the halves of the ciphertexts in a row."""
    return tuple(element(f"c{half}-{i}") for i in range(1, len(data) // (2 * SIZE) + 1) for half in (1, 2))


def fixed(*parts: Part) -> Callable[[bytes], tuple[Part, ...]]:
    return lambda _: parts


def whole(operators: dict[str, Callable[[bytes], bytes]]) -> Callable[[bytes], tuple[Part, ...]]:
    return lambda data: (Part("", len(data), operators),)


# What the bytes in a field are: by kind of entry and field, else by field.
PARTS: dict[str, Callable[[bytes], tuple[Part, ...]]] = {
    "ballot.ciphertexts": fixed(*CIPHERTEXT),
    "ballot.commitments": fixed(element("")),
    "ballot.proofs": ballot_proof,
    "threshold-test.aggregate": fixed(*CIPHERTEXT),
    "threshold-share.share": fixed(element("")),
    "threshold-share.proof": fixed(*SHARE_PROOF),
    "threshold-proof.commitments": fixed(element("")),
    "threshold-proof.proofs": ballot_proof,
    "aggregate.ciphertexts": fixed(*CIPHERTEXT),
    "key-opening.coefficients": fixed(element("")),
    "key-opening.proof": fixed(*LOGARITHM_PROOF),
    "key.key": fixed(element("")),
    "key-commitment.box_keys": whole(BOX_KEY),
    "shuffle.proof": shuffle_proof,
    "decryption.proof": fixed(*EQUALITY_PROOF),
    "result.invalid_elements": fixed(element("")),
    "credential.key": whole(KEY),
    "election.key": whole(KEY),
    "B": fixed(element("")),
    "B_prime": fixed(element("")),
    "u": fixed(element("")),
    "k_B": fixed(scalar("")),
    "k_E": fixed(scalar("")),
    "list_k_E": fixed(scalar("")),
    "row.output": ciphertexts,
    "row.shares": lambda data: tuple(element(f"d-{i}") for i in range(1, len(data) // SIZE + 1)),
    "signature": whole(SIGNATURE),
    "key-boxes.boxes": whole(BLOB),
    "key-verdict.secret": whole(BLOB),
    "digest": whole(DIGEST),
}


def bytes_operators(what: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield every replacement of ``data``, a value of the kind ``what`` in `PARTS`, that differs from it."""
    parts = (PARTS.get(what) or PARTS.get(what.rpartition(".")[2]) or PARTS["digest"])(data)
    start = 0
    for part in parts:
        end = start + part.size
        for name, operator in part.operators.items():
            yield _joined(part.name, name), data[:start] + operator(data[start:end]) + data[end:]
        start = end
    for name, operator in LENGTH.items():
        yield name, operator(data)
    if len(parts) > 1 and parts[0].size == parts[1].size:
        size = parts[0].size
        yield f"{parts[0].name}-and-{parts[1].name}-swapped", data[size : 2 * size] + data[:size] + data[2 * size :]


def _joined(*names: str) -> str:
    return "-".join(filter(None, names))


def replacements(what: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield named replacements of a value of any type, none of them equal to it."""
    if isinstance(value, bytes):
        found: Iterator[tuple[str, Any]] = bytes_operators(what, value)
    elif value is None or isinstance(value, dict):
        found = iter([("null", None), ("an-outcome", {"method": "plurality", "tables": [], "winners": []})])
    elif isinstance(value, bool):
        found = iter([("negated", not value)])
    else:
        found = ((name, operator(value)) for name, operator in OPERATORS.get(type(value), {}).items())
    seen = [value]
    for name, replacement in found:
        if replacement not in seen:
            seen.append(replacement)
            yield name, replacement
