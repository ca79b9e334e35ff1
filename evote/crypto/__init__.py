"""Groups, transcripts, proofs: algebra that has never heard of elections."""
