"""The contract, for every registered group; and the registry."""

import json
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from evote.crypto.group import group, group_names
from evote.registry import registered
from tests.crypto.group_contract import GroupContract
from tests.crypto.samples import modp

RISTRETTO = json.loads((Path(__file__).parents[1] / "vectors/rfc9496/vectors.json").read_text())


class ModPContract(GroupContract):
    """What is not in a subgroup of Z_p*."""

    @property
    def p(self) -> int:
        return modp(self.name).p

    def encoding(self, value: int) -> bytes:
        return value.to_bytes(self.group.element_size, "big")

    def outsiders(self) -> dict[str, bytes]:
        p, g = self.p, int.from_bytes(bytes(self.group.generator), "big")
        return {
            "zero": self.encoding(0),
            "order 2": self.encoding(p - 1),
            "negated member": self.encoding(p - g),
            "p": self.encoding(p),
            "one, not reduced": self.encoding(p + 1),
            "largest": b"\xff" * self.group.element_size,
        }


class TestModp2048(ModPContract):
    name = "modp-2048"


class TestModp3072(ModPContract):
    name = "modp-3072"


class TestModp4096(ModPContract):
    name = "modp-4096"


class TestFfdhe3072(ModPContract):
    name = "ffdhe3072"


class TestElectionGuard(ModPContract):
    name = "electionguard-4096"

    def outsiders(self) -> dict[str, bytes]:
        p, q = self.p, self.group.order
        assert pow(4, q, p) != 1
        large = pow(4, q, p)
        member = int.from_bytes(bytes(self.element(0)), "big")
        return super().outsiders() | {
            "square": self.encoding(4),
            "order (p-1)/2q": self.encoding(large),
            "member times order (p-1)/2q": self.encoding(large * member % p),
        }


class TestToy(ModPContract):
    name = "toy"


class TestRistretto255(GroupContract):
    name = "ristretto255"

    def outsiders(self) -> dict[str, bytes]:
        table = RISTRETTO["invalid encodings"].items()
        return {f"{reason} {i}": bytes.fromhex(data) for reason, row in table for i, data in enumerate(row)}


class WeierstrassContract(GroupContract):
    """What is not a point in uncompressed encoding."""

    p: int
    b: int

    def outsiders(self) -> dict[str, bytes]:
        size = self.group.element_size // 2
        data = bytes(self.group.generator)
        x, y = data[1 : 1 + size], data[1 + size :]
        above = (int.from_bytes(y, "big") + 1).to_bytes(size, "big")
        zero_x = (pow(self.b, (self.p + 1) // 4, self.p)).to_bytes(size, "big")
        p = self.p.to_bytes(size, "big")
        assert pow(int.from_bytes(zero_x, "big"), 2, self.p) == self.b
        return {
            "compressed tag": b"\x02" + x + bytes(size),
            "hybrid tag": b"\x06" + x + y,
            "no tag": b"\x00" + x + y,
            "point of another curve": b"\x04" + x + above,
            "coordinates exchanged": b"\x04" + y + x,
            "origin": b"\x04" + bytes(2 * size),
            "x = p for x = 0": b"\x04" + p + zero_x,
            "y = p": b"\x04" + x + p,
            "tag alone": b"\x00" * (2 * size) + b"\x04",
            "largest": b"\xff" * (2 * size + 1),
        }


class TestP256(WeierstrassContract):
    name = "p-256"
    p = 2**256 - 2**224 + 2**192 + 2**96 - 1
    b = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B


class TestP384(WeierstrassContract):
    name = "p-384"
    p = 2**384 - 2**128 - 2**96 + 2**32 - 1
    b = 0xB3312FA7E23EE7E4988E056BE3F82D19181D9C6EFE8141120314088F5013875AC656398D8A2ED19D2A85C8EDD3EC2AEF


def test_every_registered_group_is_under_contract() -> None:
    tested = {
        c.name for c in globals().values() if isinstance(c, type) and issubclass(c, GroupContract) and "name" in vars(c)
    }
    assert tested == set(group_names())


def test_orders_are_fit_for_elections_except_the_toy() -> None:
    assert [name for name in group_names() if group(name).order < 2**224] == ["toy"]


def test_unknown_group() -> None:
    with pytest.raises(ValueError, match="nothing is registered as 'rot13'"):
        group("rot13")


IMPOSTORS = {
    "calls itself 'toy'": [EntryPoint("name", "evote_toy:toy", "evote.groups")],
    "more than one plug-in": [EntryPoint("name", f"package_{i}:toy", "evote.groups") for i in range(2)],
}


@pytest.mark.parametrize(("message", "found"), IMPOSTORS.items(), ids=IMPOSTORS)
def test_a_name_stands_for_one_group(message: str, found: list[EntryPoint], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evote.registry.entry_points", lambda **_: found)
    registered.cache_clear()
    with pytest.raises(ValueError, match=message):
        group("name")
