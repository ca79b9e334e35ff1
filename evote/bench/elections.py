"""Works of an election's later half, by the path they take there: mix, decryption, verification of the record."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from pathlib import Path

from evote.bench.materials import ciphertexts, public_key, secret
from evote.bench.measure import Bench, Made, Timed
from evote.crypto.arithmetic import Arithmetic
from evote.crypto.elgamal import PublicKey
from evote.errors import EvidenceMissing
from evote.mixnet.cascade import Cascade
from evote.mixnet.mixer import Mixer
from evote.record import canonical
from evote.record.audit import Audit
from evote.record.entries import DecryptionShare, Entry, Shuffle
from evote.record.lists import lines_digest
from evote.record.manifest import Election, decode_election
from evote.record.units import Place
from evote.scenario import draw
from evote.scenario import run as hold
from evote.simulate import Keys, appoint, make_keys
from evote.tally.decryption import Decryption
from evote.tally.trustee import Trustee, TrusteeState
from evote.verify import verify

PLACE = Place("bench", "bench")


def shuffle_prove(bench: Bench) -> Timed:
    """Re-encrypt, permute and prove one row of width 1 from a decoded list, with fast arithmetic.

    Up to the signed message: encoding, lines and digests of both lists, independent generators included.
    """
    election, keys = _election("riigikogu", bench.group)
    cascade = Cascade(election, public_key(election.algebra), Audit(executor=bench.executor))
    cascade.open(PLACE, ciphertexts(bench), 1)
    mixer = Mixer(election, 1, keys.mixers[0], Arithmetic.FAST, bench.executor)
    return lambda: mixer.shuffle(cascade, PLACE)


def shuffle_verify(bench: Bench) -> Timed:
    """Verify the shuffle of one row of width 1, from the encoded list before and the lines of the other two.

    Reading and hashing the lines, membership of every element, independent generators and challenges included.
    """
    made = bench.made(_made_shuffle)
    election, key, body = *_opened(made), canonical.decode(made["body"][0], Shuffle)
    source = Lists([made["after"], made["vectors"]])

    def timed() -> None:
        cascade = Cascade(election, key, Audit(executor=bench.executor))
        cascade.open(PLACE, made["before"], 1)
        cascade.admit("mixer 1", body, source, "the shuffle")

    return timed


def _made_shuffle(bench: Bench) -> Made:
    election, keys = _election("riigikogu", bench.group)
    key, before = public_key(election.algebra), ciphertexts(bench)
    cascade = Cascade(election, key, Audit())
    cascade.open(PLACE, before, 1)
    message = Mixer(election, 1, keys.mixers[0], Arithmetic.FAST).shuffle(cascade, PLACE)
    after, vectors = message.lists
    return _closed(election, message.entry) | {"before": before, "after": after, "vectors": vectors}


def decryption_verify(bench: Bench) -> Timed:
    """Verify one ciphertext's part of a trustee's share with its one proof: read the share's lines, hash, decode.

    The list that is decrypted is in hand as encoded rows, as in a verifier that has verified the mix; decoding it is
    timed, too.
    """
    made = bench.made(_made_share)
    election, key, body = *_opened(made), canonical.decode(made["body"][0], DecryptionShare)
    state = _decryption(election, key, made["ciphertexts"], bench.executor)
    source = Lists([made["shares"]])
    return lambda: state.admit("trustee 1", body, source, "the share")


def _made_share(bench: Bench) -> Made:
    election, keys = _election("referendum", bench.group)
    algebra, encoded = election.algebra, ciphertexts(bench)
    trustee = Trustee(election, 1, keys.trustees[0], TrusteeState(share=bytes(secret(algebra))))
    message = trustee.decrypt(_decryption(election, public_key(algebra), encoded, None), PLACE)
    return _closed(election, message.entry) | {"ciphertexts": encoded, "shares": message.lines}


def _decryption(election: Election, key: PublicKey, encoded: list[bytes], executor: Executor | None) -> Decryption:
    """Return a decryption where trustee 1 alone holds the key, with the list as a cascade leaves it."""
    audit = Audit(executor=executor)
    cascade, state = Cascade(election, key, audit), Decryption(election, key, {1: key.y}, audit)
    cascade.open(PLACE, encoded, 1)
    state.open(PLACE, *cascade.output(PLACE))
    return state


def record_verify(bench: Bench) -> Timed:
    """Verify one counted ballot of a whole record of the referendum: the homomorphic road, three selections each."""
    return _record(bench, _made_referendum)


def record_verify_mixed(bench: Bench) -> Timed:
    """Verify one counted ballot of a whole record of the parliament election: two mix servers, two trustees."""
    return _record(bench, _made_riigikogu)


def _record(bench: Bench, maker: Callable[[Bench], Made]) -> Timed:
    (path,) = bench.made(maker)["path"]
    record = Path(path.decode())

    def timed() -> None:
        if not (report := verify(record, executor=bench.executor)):
            raise EvidenceMissing(f"the record measured did not verify: {report.failures}")

    return timed


def _made_referendum(bench: Bench) -> Made:
    return _made_record(bench, "referendum")


def _made_riigikogu(bench: Bench) -> Made:
    return _made_record(bench, "riigikogu")


def _made_record(bench: Bench, example: str) -> Made:
    path = bench.directory / f"{example}-{bench.group}-{bench.n}.record"
    hold(path, draw(example, bench.n, group=bench.group))
    return {"path": [str(path).encode()]}


def _election(example: str, name: str) -> tuple[Election, Keys]:
    definition = draw(example, 1, group=name).definition
    keys = make_keys(3, 2 if example == "riigikogu" else 0)
    return appoint(definition, keys), keys


def _closed(election: Election, entry: Entry) -> Made:
    return {"election": [canonical.encode(election)], "body": [canonical.encode(entry.body)]}


def _opened(made: Made) -> tuple[Election, PublicKey]:
    election = decode_election(made["election"][0])
    return election, public_key(election.algebra)


class Lists:
    """Lists beside a board, in memory."""

    def __init__(self, lists: Iterable[list[bytes]]) -> None:
        """Hold lists by their digests."""
        self._lists = {lines_digest(lines): lines for lines in lists}

    def line(self, index: int) -> bytes:
        """There is no board."""
        raise IndexError(index)

    def rows(self, digest: bytes, limit: int) -> list[bytes]:
        """Return a list's lines after hashing them, as a record's reader does."""
        lines = self._lists[digest]
        if len(lines) > limit or lines_digest(lines) != digest:
            raise EvidenceMissing("no such list")
        return lines
