"""The checks of an audit, by name, and what each shows; ``docs/ivxv.md`` explains them."""

FILES, KEY, ENCODING, ELECTION, CHECKSUM, GENERATION, CHOICES, DECRYPTION = (
    f"ivxv.{name}"
    for name in ("files", "key", "encoding", "election", "checksum", "generation", "choices", "decryption")
)
MIX, SHUFFLE, ACCOUNT, INVALID, CHOICE, PLACE, SUMS, TALLY, COMPLETE = (
    f"ivxv.{name}"
    for name in (
        "mix",
        "shuffle",
        "account",
        "invalid",
        "choice",
        "tally.place",
        "tally.sums",
        "tally",
        "complete",
    )
)
CHECKS: dict[str, str] = {
    FILES: "there is one file of each kind",
    KEY: "the public key is a member of a safe group that is large enough",
    ENCODING: "every file has the structure, names and values of its kind",
    ELECTION: "all files are of one election",
    CHECKSUM: "each checksum is that of the file beside it",
    GENERATION: "key and proofs are of one generation of the format",
    CHOICES: "districts and choices belong together",
    DECRYPTION: "each proof shows that its ciphertext decrypts to its plaintext",
    MIX: "after mixing each place has as many votes as before, and all ciphertexts are new, or all the same",
    SHUFFLE: "the proof of shuffle holds, and is about this key and these two boxes",
    ACCOUNT: "every ciphertext of the last box is either proved or listed as invalid, and no other is",
    INVALID: "every vote listed as invalid is seen to be",
    CHOICE: "every vote that is not listed as invalid is for a choice of its district",
    PLACE: "every vote is in a district and parish that there are",
    SUMS: "in the tally each district is the sum of its parishes",
    TALLY: "the tally is what the plaintexts give, in each district and parish",
    COMPLETE: "nothing that the verdict needs is missing",
}
UNASKED = {ELECTION, CHECKSUM, CHOICES, ACCOUNT, INVALID, CHOICE, PLACE, SUMS, TALLY}  # by the official auditor
