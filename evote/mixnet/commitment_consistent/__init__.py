"""A proof of shuffle in two parts: a permutation commitment proved before there is a list, then the list's own."""
