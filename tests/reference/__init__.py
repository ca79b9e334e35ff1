"""A second verifier, written from ``docs/record.md`` and ``docs/transcript.md`` alone; it imports nothing of evote."""
