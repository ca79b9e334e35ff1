"""Secret files that cost nothing to open."""

from collections.abc import Iterator

import pytest

from evote.record import vault


@pytest.fixture(autouse=True, scope="module")
def cheap_passphrases() -> Iterator[None]:
    """Make the least cost of a secret file less still."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vault, "INTERACTIVE", vault.MINIMAL)
        yield
