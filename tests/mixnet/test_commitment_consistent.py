"""Commitment-consistent proofs: the contract."""

from __future__ import annotations

from typing import ClassVar

from tests.mixnet.shuffle_contract import ShuffleContract

NAME = "commitment-consistent"


class TestCommitmentConsistent(ShuffleContract):
    """The contract of a proof of shuffle."""

    name: ClassVar[str] = NAME
