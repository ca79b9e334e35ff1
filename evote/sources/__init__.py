"""Real elections as input: files of votes cast elsewhere, read into a definition and the ballots that fit it."""
