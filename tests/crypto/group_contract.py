"""What every group must do. A plug-in's test subclasses `GroupContract`, sets ``name`` and lists some outsiders."""

import pickle
import random
from collections.abc import Callable, Sequence
from functools import reduce
from operator import mul
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evote.crypto import powers
from evote.crypto.fixed_base import FixedBase, powers_of_base
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
        """Return a power by the textbook's binary method, which shares no code with any other."""
        result = self.group.identity
        for bit in f"{exponent % self.group.order:b}":
            result = result * result * base if bit == "1" else result * result
        return result

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

    def awkward_raws(self) -> list[object]:
        """Return raw values of which some are equal, some opposite, some the identity, in several forms."""
        a, b, one = self.element(1), self.element(2), self.group.identity
        distinct = [self.element(3), a, a, one / a, self.group.decode(bytes(a)), one, a / a, b, b * a, one / b, a * a]
        return [element.raw for element in distinct]

    def digits(self, count: int, size: int, seed: int) -> list[int]:
        """Return digits as `collect` and `spread` may meet them, zeros and both ends among them."""
        source = random.Random(seed)
        low = -size if self.group.signed_digits else 0
        return [0, size, low, 1, *(source.randint(low, size) for _ in range(count))][:count]

    def same(self, ours: Sequence[object], expected: Sequence[object]) -> bool:
        """Tell whether two lists hold the same raw values, and None at the same places."""
        return len(ours) == len(expected) and all(
            x is y is None or (x is not None and y is not None and self.group.equal(x, y))
            for x, y in zip(ours, expected, strict=True)
        )

    @pytest.mark.parametrize(("count", "size"), [(0, 3), (1, 1), (11, 1), (11, 4), (11, 64), (150, 3)])
    def test_collecting_by_digit_is_as_by_default(self, count: int, size: int) -> None:
        g = self.group
        raws = (self.awkward_raws() * count)[:count]
        for digits in (self.digits(count, size, 1), self.digits(count, size, 2), [size] * count, [0] * count):
            buckets = g.collect(g.addends(raws), digits, size)
            expected = Group.collect(g, raws, digits, size)
            assert self.same(buckets, expected)
            assert g.equal(g.weigh(buckets), Group.weigh(g, expected))

    def test_buckets_are_weighed_by_their_index(self) -> None:
        g = self.group
        a, b = self.element(1), self.element(2)
        cases = {
            "nothing": ([None], g.identity),
            "empty": ([None] * 4, g.identity),
            "first": ([None, a.raw, None], a),
            "last": ([None, None, None, a.raw], a * a * a),
            "both": ([None, a.raw, b.raw, None], a * b * b),
            "equal": ([None, a.raw, a.raw, a.raw], a * a * a * a * a * a),
            "opposite": ([None, a.raw, (g.identity / a).raw], g.identity / a),
            "cancelling": ([None, (g.identity / (a * a)).raw, a.raw], g.identity),
            "identity": ([None, g.identity.raw, (a / a).raw, a.raw], a * a * a),
        }
        for name, (buckets, expected) in cases.items():
            assert g.element(g.weigh(buckets)) == expected, name

    @pytest.mark.parametrize("count", [0, 1, 11, 150])
    def test_spreading_a_table_is_as_by_default(self, count: int) -> None:
        g = self.group
        table = [g.identity.raw, *self.awkward_raws()]
        size = len(table) - 1
        for digits in (self.digits(count, size, 3), [2] * count, [0] * count):
            ours, expected = ((self.awkward_raws() * count)[:count] for _ in range(2))
            for _ in range(3):
                g.spread(ours, g.addends(table), digits)
                Group.spread(g, expected, table, digits)
            assert self.same(ours, expected)

    def test_lists_are_inverted(self) -> None:
        g, raws = self.group, self.awkward_raws()
        assert self.same(g.invert_many(raws), [g.invert(raw) for raw in raws])
        assert g.invert_many([]) == []

    def test_what_is_packed_is_unpacked(self) -> None:
        g, raws = self.group, self.awkward_raws()
        assert self.same(g.unpack(g.pack(raws)), raws)
        assert g.unpack(g.pack([])) == []

    def test_tables_for_secret_exponents(self) -> None:
        g, q = self.group, self.group.order
        a = self.element(1)
        nothing = g.careful_table(g.identity.raw)
        assert all(g.equal(nothing(x), g.identity.raw) for x in (0, 1, q - 1))
        for base in (g.generator, a):
            power = g.careful_table(base.raw)
            for exponent in (0, 1, 2, q - 1, q - 2, q // 2, q // 3, int(g.scalar(3**5000))):
                assert g.element(power(exponent)) == base**exponent, exponent

    def test_powers_of_one_base(self) -> None:
        q, base, one = self.group.order, self.element(1), self.group.identity
        long = self.public_power(base, 3**5000)
        known = {0: one, 1: base, 2: base * base, -1: one / base, q: one, q - 1: one / base, q + 1: base, -q: one}
        known |= {3**5000: long, -(3**5000): one / long, q // 2 + 1: one / base ** (q // 2)}
        for exponents in ([], [3], [3**5000], [*known], [*range(-40, 40)]):
            expected = [known.get(x) or self.public_power(base, x) for x in exponents]
            assert powers_of_base(base, exponents) == expected
        assert powers_of_base(one, [0, 5, -1] * 9) == [one] * 27
        table = FixedBase(base, 3)
        assert [table.power(x) for x in known] == [*known.values()]

    def test_every_method_makes_the_same_product(self) -> None:
        g, raws, q = self.group, self.awkward_raws(), self.group.order
        assert g.public_power_cost(128) > 0
        for exponents in (self.exponents(22), [7] * 11, [q - 1, q - 2]):
            bases = (raws * 2)[: len(exponents)]
            expected = reduce(g.multiply, map(g.power_public, bases, exponents))
            for method in (powers.straus, powers.pippenger, powers.one_by_one):
                assert g.equal(method(g, bases, exponents), expected), method.__name__

    def exponents(self, count: int) -> list[int]:
        """Return positive exponents of many lengths."""
        source = random.Random(4)
        return [source.getrandbits(length) % self.group.order | 1 for length in range(1, 8 * count, 8)]

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
        mixes: list[Callable[[], Element]] = [
            lambda: ours * theirs.generator,
            lambda: ours / theirs.generator,
            lambda: self.group.product_of_powers([ours, theirs.generator], [1, 1]),
        ]
        for mix in mixes:
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
        calls: list[tuple[str, *tuple[bytes, ...]]]
        calls = [("a",), ("b",), ("a", b""), ("a", b"bc"), ("a", b"b", b"c"), ("ab", b"c"), ("a", b"bc", b"")]
        hashed = [g.hash_to_group(*call) for call in calls]
        assert hashed == [g.hash_to_group(*call) for call in calls]
        assert len({bytes(element) for element in hashed}) == len(calls)
        assert g.identity not in hashed
        assert g.generator not in hashed
        assert g.decode_many(g.encode_many(hashed)) == hashed
        assert len(set(g.independent_generators(4, "a") + g.independent_generators(4, "b"))) == 8
