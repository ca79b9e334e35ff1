"""Single changes to finished records, hundreds of them, and a verifier that must refuse every one.

``make mutants`` makes two runs: changes to raw bytes, and changes after which everything that hangs on them is made
right again with the keys of all parties (`sealing`). A hash tree refuses all of the first kind, which says nothing
about the checks behind it; the second kind gets past it, so each must fail a check other than ``board.*``. What an
honest author might have said instead is no forgery: such mutants name their reason, and must be accepted. Two records,
one of each road, are changed in every way; the records of `kinds` in what is new in them.
"""
