"""Everything around the ciphertexts: ballot box, voter lists, definitions, revocations, tally, logs; and the processor.

Readers demand the structure, names and values that the note allows, once each, and nothing else. White space is free:
the official programs print prettily, with the line ends of the machine they run on, so their files have no canonical
layout. `writer`, which nothing here imports, prints as they did where the reference vectors were made.

Signed containers are not opened: what is read here is what a container held.

Source: ``formats/IVXV.md`` 4 and 7.
"""
