"""From a voter's choice to the ballots that count: casting, the box, individual verification."""
