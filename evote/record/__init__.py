"""What all parties share: the definition, the entries on the board, the log they stand in. No protocol logic."""
