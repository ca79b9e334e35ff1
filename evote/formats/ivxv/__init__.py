"""Estonia's own formats: reading and judging what IVXV, the country's i-voting system, publishes.

Nothing here is needed for our own elections. Every published generation is read strictly: one encoding for each value,
members of the group only, every limit enforced; `official` tells what the official programs would have said.
Proofs are `evote.crypto` relations under another transcript; there is no second verifier.

Sources: ``docs/ivxv.md``; official Java, snapshot of February 2023; third-party programs for what came later.
"""
