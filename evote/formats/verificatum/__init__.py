"""Verificatum's proofs: directories that its mix servers write, and that `vmnv` reads less strictly than we do.

Source: ``docs/verificatum.md``; Wikstrom, "How to implement a stand-alone verifier for the Verificatum mix-net".
"""
