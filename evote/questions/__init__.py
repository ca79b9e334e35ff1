"""What can be asked: how an answer is encoded, what must be true of it, how it is read back. Pure; no randomness."""
