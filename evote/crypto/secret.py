"""A secret does not print, pickle, copy or compare by accident.

It is not wiped from memory: Python cannot promise that (``docs/limitations.md``).
"""

from typing import Generic, NoReturn, TypeVar

from evote.errors import Refused

T = TypeVar("T")


class Secret:
    """The base of types that hold a secret: two of them are equal only if they are the same object."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Return the type's name and nothing else."""
        return f"<{type(self).__name__}: secret>"

    def __reduce__(self) -> NoReturn:
        """Raise ``TypeError``: to pickle or copy a secret takes an explicit ``secret_bytes`` or ``reveal``."""
        raise TypeError(f"a {type(self).__name__} is neither pickled nor copied")


class Once(Secret, Generic[T]):
    """A secret that serves once, such as what was prepared for one proof."""

    __slots__ = ("_held",)

    def __init__(self, held: T) -> None:
        """Hold it until it is taken."""
        self._held = [held]

    def take(self) -> T:
        """Return it; `Refused` the second time."""
        try:
            return self._held.pop()  # atomic, so that of two threads one fails
        except IndexError:
            raise Refused("what was prepared for a shuffle serves once, and has served") from None
