"""The works that can be measured. To add one, write a function that prepares and returns what is timed; name it."""

from __future__ import annotations

from evote.bench import algebra, elections, proofs
from evote.bench.measure import Work

WORKS: dict[str, Work] = {
    "encode": algebra.encode,
    "decode": algebra.decode,
    "power": algebra.power,
    "fixed-base": algebra.fixed_base,
    "product": algebra.product,
    "aggregate": algebra.aggregate,
    "selection-prove": proofs.selection_prove,
    "selection-prove-untabled": proofs.selection_prove_untabled,
    "selection-prove-fast": proofs.selection_prove_fast,
    "selection-verify": proofs.selection_verify,
    "decryption-verify": elections.decryption_verify,
    "decryption-each-verify": proofs.decryption_each_verify,
    "shuffle-prove": elections.shuffle_prove,
    "shuffle-verify": elections.shuffle_verify,
    "record-verify": elections.record_verify,
    "record-verify-mixed": elections.record_verify_mixed,
}
