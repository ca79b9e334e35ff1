"""What every group must do. A plug-in's test subclasses `GroupContract`, sets ``name`` and lists some outsiders."""

import pickle
from functools import reduce
from operator import mul
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evote.crypto import powers
from evote.crypto.group import Element, Group, Scalar, group, group_names
from evote.errors import DecodeError

# The contract's tests are inherited, so hypothesis meets them in several classes.
FUZZ = settings(deadline=None, database=None, suppress_health_check=[HealthCheck.differing_executors])
MANY = settings(FUZZ, max_examples=50)
FEW = settings(FUZZ, max_examples=8)

seeds = st.integers(0, 2**64)
exponents = st.one_of(st.integers(0, 3), st.integers(-(2**16), 2**16), st.integers(0, 2**4096))


def accepts(g: Group, data: bytes) -> bool:
    """Tell whether ``data`` decodes, which must then be its only encoding; any error but `DecodeError` escapes."""
    try:
        element = g.decode(data)
    except DecodeError:
        return False
    assert g.encode(element.raw) == data
    return True


class Script:
    """A stream of given bytes, to hash into a group."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def digest(self, length: int, /) -> bytes:
        assert length <= len(self.data)
        return self.data[:length]


class GroupContract:
    """Properties of the group registered under ``name``."""

    name: ClassVar[str]

    def outsiders(self) -> dict[str, bytes]:
        """Return encodings, by what is wrong with them, that must be refused."""
        raise NotImplementedError

    @property
    def group(self) -> Group:
        return group(self.name)

    def element(self, seed: int) -> Element:
        """Return an element, the same for the same seed, that is not in the form in which decoding leaves it."""
        hashed = self.group.hash_to_group("contract", seed.to_bytes(9, "big"))
        return hashed * hashed * self.group.generator

    def public_power(self, base: Element, exponent: int) -> Element:
        """Return a power by the generic window method, which shares no code with careful powers."""
        q = self.group.order
        return self.group.element(powers.straus(self.group, [base.raw], [exponent % q + q]))

    def bases(self) -> dict[str, Element]:
        g = self.group
        return {
            "generator": g.generator,
            "decoded generator": g.decode(bytes(g.generator)),
            "inverse of the generator": g.identity / g.generator,
            "element": self.element(1),
            "decoded element": g.decode(bytes(self.element(1))),
            "identity": g.identity,
            "computed identity": self.element(1) / self.element(1),
        }

    def test_name_stands_for_the_group(self) -> None:
        assert self.name in group_names()
        assert group(self.name) is self.group
        assert self.group.name == self.name
        assert self.name in repr(self.group)
        assert len({self.group, group(self.name)}) == 1

    def test_order_is_prime_and_sizes_fit(self) -> None:
        g = self.group
        assert g.order > 2**60
        assert pow(3, g.order - 1, g.order) == 1
        assert g.generator != g.identity
        assert g.generator ** (g.order - 1) * g.generator == g.identity
        assert len(bytes(g.generator)) == len(bytes(g.identity)) == g.element_size
        assert len(bytes(g.scalar(-1))) == g.scalar_size
        assert 0 < g.challenge_bits <= g.order.bit_length() - 1

    @FEW
    @given(seeds, seeds, seeds)
    def test_axioms(self, i: int, j: int, k: int) -> None:
        a, b, c = self.element(i), self.element(j), self.element(k)
        one = self.group.identity
        assert (a * b) * c == a * (b * c)
        assert a * b == b * a
        assert a * one == one * a == a
        assert a / a == one
        assert a / b * b == a
        assert self.group.element(self.group.square(a.raw)) == a * a
        assert one * one == one / one == self.group.element(self.group.square(one.raw)) == one

    def test_small_powers_are_repeated_products(self) -> None:
        for name, base in self.bases().items():
            product = base * base
            for exponent in (3, 4, 5):
                product = product * base
                assert base**exponent == product, (name, exponent)

    def test_powers_at_the_ends_of_the_range(self) -> None:
        g, q = self.group, self.group.order
        ends = {0: 0, q: 0, 1: 1, q + 1: 1, 2: 2, q - 1: -1, q - 2: -2, 2 * q: 0, -1: -1}
        for name, base in self.bases().items():
            small = {0: g.identity, 1: base, 2: base * base, -1: g.identity / base, -2: g.identity / (base * base)}
            for exponent, equivalent in ends.items():
                assert base**exponent == small[equivalent], (name, equivalent)
                assert g.element(g.power_public(base.raw, exponent % q)) == small[equivalent], (name, equivalent)
        assert g.generator ** g.scalar(-1) == g.identity / g.generator

    @FEW
    @given(seeds, exponents)
    def test_careful_powers_are_right(self, seed: int, exponent: int) -> None:
        for base in (self.element(seed), self.group.generator):
            expected = self.public_power(base, exponent)
            assert base**exponent == expected
            assert self.group.element(self.group.power_public(base.raw, exponent % self.group.order)) == expected

    @FEW
    @given(seeds, exponents, exponents)
    def test_laws_of_powers(self, seed: int, x: int, y: int) -> None:
        g = self.group
        a, s, t = self.element(seed), g.scalar(x), g.scalar(y)
        assert a ** (s + t) == a**s * a**t
        assert a ** (s * t) == (a**s) ** t
        assert a ** (s - t) * a**t == a**s

    def test_products_of_powers(self) -> None:
        g = self.group
        for count in (0, 1, 2, 5, 83):
            bases = [self.element(seed) for seed in range(count)]
            exponents = [(-1) ** i * (i * 0x9E3779B9 + (g.order // 3 if i < 2 else 0)) for i in range(count)]
            each = [g.element(g.power_public(b.raw, abs(x))) for b, x in zip(bases, exponents, strict=True)]
            signed = (g.identity / power if x < 0 else power for power, x in zip(each, exponents, strict=True))
            expected = reduce(mul, signed, g.identity)
            assert g.product_of_powers(bases, exponents) == expected
            assert g.product_of_powers(bases, [x - g.order for x in exponents]) == expected
            assert g.product_of_powers(bases, [g.scalar(x) for x in exponents]) == expected
        with pytest.raises(ValueError, match="as many"):
            g.product_of_powers([g.generator], [])

    @FEW
    @given(seeds)
    def test_decode_inverts_encode(self, seed: int) -> None:
        a, b = self.element(seed), self.element(seed + 1)
        for element in (a, a * b / b, self.group.identity, self.group.generator):
            decoded = self.group.decode(bytes(element))
            assert decoded == element
            assert bytes(decoded) == self.group.encode(decoded.raw) == bytes(element)
            assert hash(decoded) == hash(element)
        assert bytes(a * b / b) == bytes(a) != bytes(b)

    def test_lists_are_encoded_and_decoded_as_their_elements(self) -> None:
        elements = [self.element(i) for i in range(5)] + [self.group.identity, self.element(0)]
        encodings = self.group.encode_many(elements)
        assert encodings == [bytes(element) for element in elements]
        assert self.group.decode_many(encodings) == elements
        assert self.group.decode_many([]) == self.group.encode_many([]) == []

    @MANY
    @given(st.data())
    def test_any_bytes_decode_canonically_or_raise(self, data: st.DataObject) -> None:
        size = self.group.element_size
        accepts(self.group, data.draw(st.one_of(st.binary(min_size=size, max_size=size), st.binary(max_size=2 * size))))

    @MANY
    @given(seeds, st.integers(0), st.integers(1, 255))
    def test_changed_encodings_decode_canonically_or_raise(self, seed: int, position: int, change: int) -> None:
        valid = bytes(self.element(seed % 4))
        changed = bytearray(valid)
        changed[position % len(valid)] ^= change
        if accepts(self.group, bytes(changed)):
            assert self.group.decode(bytes(changed)) != self.group.decode(valid)

    def test_encodings_of_another_length_are_refused(self) -> None:
        valid = bytes(self.element(1))
        wrong = [b"", valid[:-1], valid[1:], valid + b"\0", b"\0" + valid, valid * 2]
        assert [data for data in wrong if accepts(self.group, data)] == []

    def test_outsiders_are_refused(self) -> None:
        outsiders = self.outsiders()
        assert outsiders
        assert {len(data) for data in outsiders.values()} == {self.group.element_size}
        assert [name for name, data in outsiders.items() if accepts(self.group, data)] == []

    def test_a_bad_list_names_its_first_bad_item(self) -> None:
        honest = self.group.encode_many(self.element(i) for i in range(6))
        for data in (*self.outsiders().values(), honest[0][:-1]):
            for index in (0, 3, 5):
                encodings = [*honest]
                encodings[index] = encodings[5] = data
                with pytest.raises(DecodeError, match=f"^item {index}: "):
                    self.group.decode_many(encodings)

    def test_scalars(self) -> None:
        g = self.group
        for value in (0, 1, g.order - 1, g.order // 2):
            assert g.decode_scalar(bytes(g.scalar(value))) == g.scalar(value)
        size = g.scalar_size
        for bad in (g.order.to_bytes(size, "big"), bytes(size - 1), bytes(size + 1), b"\xff" * size):
            with pytest.raises(DecodeError):
                g.decode_scalar(bad)

    def test_arithmetic_of_scalars(self) -> None:
        g = self.group
        a, b = g.scalar(3**99), g.scalar(-(5**77))
        assert a + b - b == a == g.scalar(0) - (-a)
        assert a / b * b == a
        assert a * 2 == a + a
        assert int(a - 3**99) == int(g.scalar(g.order)) == 0
        assert len({a, g.scalar(3**99 + g.order), b}) == 2
        assert a != int(a)

    def test_nothing_prints_a_scalar_or_a_whole_element(self) -> None:
        scalar, element = self.group.scalar(3**999), self.element(1)
        assert repr(scalar) == str(scalar) == f"<scalar modulo a {self.group.order.bit_length()}-bit order>"
        assert repr(element) == f"<{self.name} {bytes(element)[:8].hex()}...>"

    def test_scalars_of_another_order_raise(self) -> None:
        other = Scalar(1, self.group.order + 2)
        with pytest.raises(ValueError, match="order"):
            self.group.generator**other
        with pytest.raises(ValueError, match="orders"):
            self.group.scalar(1) + other

    def test_mixing_groups_raises(self) -> None:
        theirs = group("toy" if self.name != "toy" else "p-256")
        ours = self.group.generator
        assert ours != theirs.generator
        assert self.group != theirs
        for mix in (
            lambda: ours * theirs.generator,
            lambda: ours / theirs.generator,
            lambda: self.group.product_of_powers([ours, theirs.generator], [1, 1]),
        ):
            with pytest.raises(ValueError, match="different groups"):
                mix()

    def test_pickle(self) -> None:
        element = self.element(3)
        assert pickle.loads(pickle.dumps(self.group)) is self.group
        twin = pickle.loads(pickle.dumps(element))
        assert twin == element
        assert twin.group is self.group
        assert twin * element == element**2
        scalar = self.group.scalar(-5)
        assert pickle.loads(pickle.dumps(scalar)) == scalar

    def test_hashing_into_the_group(self) -> None:
        g = self.group
        calls = [("a",), ("b",), ("a", b""), ("a", b"bc"), ("a", b"b", b"c"), ("ab", b"c"), ("a", b"bc", b"")]
        hashed = [g.hash_to_group(*call) for call in calls]
        assert hashed == [g.hash_to_group(*call) for call in calls]
        assert len({bytes(element) for element in hashed}) == len(calls)
        assert g.identity not in hashed
        assert g.generator not in hashed
        assert g.decode_many(g.encode_many(hashed)) == hashed
        assert len(set(g.independent_generators(4, "a") + g.independent_generators(4, "b"))) == 8
