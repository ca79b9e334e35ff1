"""A record taken apart, to be changed, and put together again so that nothing shows but the change itself.

The `Draft` is what a forger holds who has every key and every party's help: `Draft.seal` renames lists by their new
digests, continues each voter's chain, recomputes what the closing states, signs every entry in its author's name and
the checkpoint in the operator's. It cannot make a proof for a false statement; that is what the run is to show.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from evote.crypto.transcript import frame
from evote.formats.native.reader import CHECKPOINT, ELECTION, ENTRIES, LISTS, list_name
from evote.record.entries import SIGNING_DOMAIN, Entry, decode_entry
from evote.record.lists import lines_digest
from evote.record.merkle import MerkleLog, leaf_hash
from evote.record.operator import sign_checkpoint
from tests.mutants.records import World

LIST_FIELDS = ("credentials", "output", "vectors", "shares")
Tree = dict[str, Any]


def encode(tree: Any) -> bytes:
    """Return sorted JSON without asking whether the text is canonical."""
    return msgspec.json.encode(tree, order="sorted")


@dataclass(slots=True)
class Item:
    """An entry: author and body as trees in which bytes are bytes; ``signer`` signs it, then ``finish`` may change it.

    The re-sealer keeps its hands off a ``pinned`` body.
    """

    author: str
    body: Tree
    signer: str
    pinned: bool = False
    finish: Callable[[Tree], Tree] = lambda signed: signed

    @property
    def kind(self) -> str:
        """The kind of the body, as it was on the board."""
        return str(self.body.get("kind"))

    def line(self, world: World, fingerprint: bytes) -> bytes:
        """Return the signed line."""
        message = SIGNING_DOMAIN + fingerprint + frame(self.author.encode()) + frame(encode(self.body))
        signature = world.keys.of(self.signer).sign(message)
        return encode(self.finish({"author": self.author, "body": self.body, "signature": signature}))


@dataclass(slots=True)
class Draft:
    """A record in parts; ``chained`` tells whether voters continue their own chains after a change."""

    world: World
    election: Tree
    items: list[Item]
    lists: dict[bytes, list[bytes]]
    chained: bool = True

    def replace_list(self, digest: bytes, lines: list[bytes]) -> None:
        """Put other lines in the place of a list; whoever names the old one names the new one."""
        new = lines_digest(lines)
        self.lists[new] = lines
        for item in self.items:
            for name, value in item.body.items():
                if value == digest:
                    item.body[name] = new

    def seal(self, path: Path) -> None:
        """Write the record to ``path``, a new directory."""
        definition = encode(self.election)
        fingerprint = hashlib.sha256(definition).digest()
        log, lines = MerkleLog(), []
        for item in self._repaired(fingerprint, log):
            lines.append(item.line(self.world, fingerprint))
            log.append(leaf_hash(lines[-1]))
        named = {item.body[name] for item in self.items for name in LIST_FIELDS if name in item.body}
        files = {ELECTION: definition, ENTRIES: b"".join(line + b"\n" for line in lines)}
        files[CHECKPOINT] = sign_checkpoint(self.world.keys.operator, fingerprint, log)
        files |= {list_name(d): b"".join(line + b"\n" for line in self.lists[d]) for d in named if d in self.lists}
        for name, data in files.items():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_bytes(data)

    def _repaired(self, fingerprint: bytes, log: MerkleLog) -> Iterator[Item]:
        """Yield the items in order, each made right after those before it are in the log."""
        box = _Box()
        for item in self.items:
            match item.body.get("kind"):
                case "election" if not item.pinned:
                    item.body["fingerprint"] = fingerprint
                case "ballot" if self.chained and not item.pinned:
                    item.body |= box.next_ballot(item.author)
                case "roll" if not item.pinned:
                    item.body["count"] = len(self.lists.get(item.body["credentials"], ()))
                case "closing" if not item.pinned:
                    item.body |= {"size": log.size, "root": log.root(), **box.counts()}
            yield item
            box.see(item, log)


class _Box:
    """As much of the ballot box as the re-sealer needs, for bodies of any shape."""

    def __init__(self) -> None:
        self._ballots: Counter[str] = Counter()
        self._last: dict[str, bytes] = {}
        self._revoked: set[str] = set()

    def next_ballot(self, author: str) -> Tree:
        return {"sequence": self._ballots[author] + 1, "previous": self._last.get(author, bytes(32))}

    def see(self, item: Item, log: MerkleLog) -> None:
        match item.body:
            case {"kind": "ballot"}:
                self._ballots[item.author] += 1
                self._last[item.author] = log.leaf(log.size - 1)
            case {"kind": "revocation", "voter": voter}:
                self._revoked.add(f"voter {voter}")
            case {"kind": "restoration", "voter": voter}:
                self._revoked.discard(f"voter {voter}")

    def counts(self) -> Tree:
        ballots, voters = self._ballots.total(), set(self._ballots)
        revoked = len(voters & self._revoked)
        superseded = ballots - len(voters)
        return {"ballots": ballots, "superseded": superseded, "revoked": revoked, "kept": len(voters) - revoked}


def tree_of(value: Any) -> Any:
    """Return a struct as dictionaries and lists in which bytes are bytes."""
    return _lists(msgspec.to_builtins(value, builtin_types=(bytes,)))


def _lists(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {key: _lists(value) for key, value in tree.items()}
    return [_lists(value) for value in tree] if isinstance(tree, (list, tuple)) else tree


def item_of(entry: Entry) -> Item:
    """Return an entry as an item."""
    return Item(entry.author, tree_of(entry.body), entry.author)


def take_apart(world: World) -> Draft:
    """Return a draft of a world's record, for one change."""
    path = world.path
    items = [item_of(decode_entry(line)) for line in (path / ENTRIES).read_bytes().splitlines()]
    lists = {bytes.fromhex(file.stem): file.read_bytes().splitlines() for file in (path / LISTS).iterdir()}
    return Draft(world, msgspec.json.decode((path / ELECTION).read_bytes()), items, lists)
