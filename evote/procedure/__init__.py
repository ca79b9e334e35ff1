"""The rules of an election as a state machine that everybody runs: door, trustees, mixers, auditors."""
