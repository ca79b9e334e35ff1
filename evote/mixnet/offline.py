"""What of a shuffle can be made before its list exists: permutation, re-encryption factors, most of the proof.

A `PreparedShuffle` serves one shuffle, of one list, by one mix server. Two shuffles from the same secrets would give
the permutation away. So taking it spends it, and it says what it was made for and serves nothing else. In a file it is
encrypted like every secret (`evote.record.vault`), and `claim` spends the file, on disk, before it returns, whatever
name it was given (`evote.record.single_use`).

A copy of the file defeats that: it must never be copied or restored from a backup.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec

from evote.crypto.arithmetic import Arithmetic
from evote.crypto.elgamal import PublicKey
from evote.crypto.group import Element, Group
from evote.crypto.secret import Once, Secret
from evote.crypto.transcript import Transcript
from evote.crypto.vector import KnownVector, Vector
from evote.errors import DecodeError, EvoteError, Refused
from evote.mixnet.columns import raw_vector
from evote.mixnet.draws import Draws, new_seed
from evote.mixnet.shuffle import ShuffleToCome, ShuffleWitness, shuffle_proof, shuffle_prover
from evote.record import single_use, vault
from evote.record.single_use import SingleUse

LARGEST = vault.MAX_VAULT // 4 * 3 - 4096  # a vault is base64


class Purpose(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """The one shuffle that something was prepared for; without a unit, that of any unit's list of about so many rows.

    It may have fewer, as the proof allows: see `fewest`.
    """

    election: bytes
    author: str
    contest: str
    unit: str | None
    key: bytes
    proof: str
    rows: int
    width: int
    software: str = msgspec.field(default_factory=lambda: version("evote"))

    def require(self, wanted: Purpose) -> None:
        """Raise `Refused`, and say in what the two differ."""
        open_to = {"unit", "rows"} if self.unit is None else set()
        for name in self.__struct_fields__:
            mine, theirs = getattr(self, name), getattr(wanted, name)
            if mine != theirs and name not in open_to:
                raise Refused(f"this was prepared for {name} {_text(mine)}, not {_text(theirs)}")
        if open_to and not (least := fewest(self.proof, self.rows)) <= wanted.rows <= self.rows:
            raise Refused(f"this was prepared for {least} to {self.rows} rows, not {wanted.rows}")


def fewest(proof: str, rows: int) -> int:
    """Return the rows of the shortest list that is served by what was prepared for so many rows of any unit."""
    return -(-rows // shuffle_proof(proof).spare)


def _text(value: object) -> str:
    return value[:8].hex() if isinstance(value, bytes) else str(value)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Ahead(Secret):
    """The witness, its powers (g^s, then y^s, a vector for each block, in the order of the output), the proof's part.

    ``proof`` is the prover's own affair.
    """

    seed: bytes
    witness: ShuffleWitness
    factors: tuple[Vector, ...]
    proof: Any

    def cut(self, n: int) -> Ahead:
        """Return what serves a list of n rows: of the permutation, the part that makes its output's first n rows."""
        if n == len(self.witness.permutation):
            return self
        witness, kept = self.witness.cut(n)
        return Ahead(self.seed, witness, tuple(vector.cut(0, n) for vector in self.factors), self.proof.cut(kept))


# permutation, exponents x -> the prover's share, and g^x, which costs less in one batch with the prover's own
Share = Callable[[Sequence[int], Sequence[int]], tuple[Any, list[Element]]]
Restore = Callable[[bytes, Group, int, int], Any]  # bytes, group, rows, width -> the prover's share


class _Stored(msgspec.Struct, frozen=True, array_like=True):
    purpose: Purpose
    seed: bytes
    factors: tuple[bytes, ...]
    proof: bytes


class PreparedShuffle(Secret):
    """What was made ahead for one shuffle, and serves once."""

    __slots__ = ("_once", "purpose")

    def __init__(self, purpose: Purpose, ahead: Ahead) -> None:
        """Hold what was made; see `prepare`."""
        self.purpose, self._once = purpose, Once(ahead)

    def take(self, purpose: Purpose) -> Ahead:
        """Return the secrets, for as many rows; `Refused` for another purpose, or the second time."""
        self.purpose.require(purpose)
        return self._once.take().cut(purpose.rows)


def prepare(
    purpose: Purpose,
    key: PublicKey,
    h: Vector,
    transcript: Transcript,
    arithmetic: Arithmetic,
    executor: Executor | None = None,
) -> PreparedShuffle:
    """Make what can be made; costs N w powers of g and of y each, and the prover's share.

    ``h`` are the independent generators, one for each row; ``transcript`` is that of the proof, before its statement,
    and is advanced. The workers of an ``executor`` see secrets, and are used by FAST arithmetic only.
    """
    workers = executor if arithmetic is Arithmetic.FAST else None
    prover = shuffle_prover(purpose.proof)

    def share(permutation: Sequence[int], s: Sequence[int]) -> tuple[Any, list[Element]]:
        to_come = ShuffleToCome(key, h, purpose.width, purpose.contest, transcript, permutation)
        made: tuple[Any, list[Element]] = prover.prepare(to_come, arithmetic, workers, s)
        return made

    return PreparedShuffle(purpose, made_ahead([key.y] * purpose.width, purpose.rows, share, arithmetic, workers))


def made_ahead(
    keys: Sequence[Element], n: int, share: Share, arithmetic: Arithmetic, workers: Executor | None = None
) -> Ahead:
    """Draw the witness of a shuffle of n rows and make what can be made; ``keys`` has the key of each block."""
    group, seed, width = keys[0].group, new_seed(), len(keys)
    witness = _witness(group, n, width, seed)
    # s_pi(j), block by block, in the order of the output
    s = [witness.randomness[i][block] for block in range(width) for i in witness.permutation]
    proof, g_s = share(witness.permutation, s)
    powers = g_s + _powers_of_keys(keys, s, arithmetic, workers)
    factors = tuple(raw_vector(group, powers[low : low + n]) for low in range(0, len(powers), n))
    return Ahead(seed, witness, factors, proof)


def _powers_of_keys(
    keys: Sequence[Element], s: Sequence[int], arithmetic: Arithmetic, workers: Executor | None
) -> list[Element]:
    """Return y^s with the key of each block, those of one key in one batch; where y is 1 there is nothing to do."""
    n, identity = len(s) // len(keys), keys[0].group.identity
    powers = [identity] * len(s)
    for y in {y for y in keys if y != identity}:
        places = [block * n + i for block, key in enumerate(keys) if key == y for i in range(n)]
        for place, power in zip(places, arithmetic.powers(y, [s[i] for i in places], workers), strict=True):
            powers[place] = power
    return powers


def _witness(group: Group, n: int, width: int, seed: bytes) -> ShuffleWitness:
    draws = Draws("shuffle witness", group, seed)
    permutation, s = draws.permutation(n), draws.exponents("s", n * width)
    return ShuffleWitness(permutation, [s[i : i + width] for i in range(0, n * width, width)])


def write(path: Path, prepared: PreparedShuffle, passphrase: bytes, cost: vault.Cost = vault.MODERATE) -> None:
    """Write a prepared shuffle to a new secret file; from now on it serves from there alone.

    ``FileExistsError`` rather than overwrite one, and `Refused` if the path was used before or the file would be too
    large to be read.
    """
    spent = single_use.spent(path)
    if os.path.lexists(spent):
        raise Refused(f"{spent} is there: what was prepared under this name has been used; take another")
    ahead = prepared.take(prepared.purpose)
    factors = tuple(vector.group.pack(vector.raws()) for vector in ahead.factors)
    data = msgspec.msgpack.encode(_Stored(prepared.purpose, ahead.seed, factors, ahead.proof.secret_bytes()))
    if len(data) > LARGEST:
        raise Refused(f"{prepared.purpose.rows} rows are too many for a prepared file: shuffle without")
    vault.write_secret(path, data, passphrase, cost=cost)


def claim(
    path: Path, passphrase: bytes, purpose: Purpose, group: Group, restore: Restore | None = None
) -> PreparedShuffle:
    """Return what a file holds, once: when this returns, the file is spent and its secrets are off the disk.

    ``restore`` reads the prover's share; without, the registered prover does.

    `Refused` if it was prepared for another purpose, which leaves it as it is, or has been claimed before, by whichever
    process and name and whatever became of it, or has two names. Also raises what `vault.read_secret` does.
    """
    with single_use.opened(path) as file:
        stored = _read(file, passphrase)
        stored.purpose.require(purpose)
        file.spend()
    made_for = stored.purpose
    witness = _witness(group, made_for.rows, made_for.width, stored.seed)
    factors = tuple(KnownVector(group, data, made_for.rows) for data in stored.factors)
    restore = restore or shuffle_prover(made_for.proof).restore
    proof = restore(stored.proof, group, made_for.rows, made_for.width)
    return PreparedShuffle(made_for, Ahead(stored.seed, witness, factors, proof))


def purpose_in(path: Path, passphrase: bytes) -> Purpose:
    """Return what a file was prepared for, and leave it as it is; raises what `claim` does."""
    with single_use.opened(path) as file:
        return _read(file, passphrase).purpose


def _read(file: SingleUse, passphrase: bytes) -> _Stored:
    """Return what a file holds; `Refused` if another process spends it meanwhile."""
    try:
        return _decode(file.name, vault.read_open_secret(file.file, file.name, passphrase))
    except EvoteError:
        file.check()  # whatever was wrong with the file: it may have been emptied under our hands
        raise


def _decode(path: Path, data: bytes) -> _Stored:
    try:
        return msgspec.msgpack.decode(data, type=_Stored)
    except msgspec.MsgspecError as error:
        raise DecodeError(f"{path} is not a prepared shuffle: {error}") from None
