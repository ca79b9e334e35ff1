"""A secret does not print, pickle, copy or compare by accident.

It is not wiped from memory: Python cannot promise that (``docs/limitations.md``).
"""

from typing import NoReturn


class Secret:
    """The base of types that hold a secret: two of them are equal only if they are the same object."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Return the type's name and nothing else."""
        return f"<{type(self).__name__}: secret>"

    def __reduce__(self) -> NoReturn:
        """Raise ``TypeError``: to pickle or copy a secret takes an explicit ``secret_bytes`` or ``reveal``."""
        raise TypeError(f"a {type(self).__name__} is neither pickled nor copied")
