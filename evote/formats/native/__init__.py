"""evote's own record: a directory that can be read with ``less``.

=========================  =========================================================
``election.json``          the definition, canonical JSON
``board/entries.jsonl``    one entry a line, canonical JSON; the leaf is the line
``board/checkpoint``       the operator's signed note of how many lines there are
``lists/DIGEST.jsonl``     lists too long for a line, named by their SHA-256
=========================  =========================================================
"""
