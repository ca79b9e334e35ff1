"""The mix road: each mix server re-encrypts and permutes the list, and proves that it did nothing else."""
