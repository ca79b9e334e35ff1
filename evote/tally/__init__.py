"""The trustees' key, the list that may be decrypted, and the count."""
