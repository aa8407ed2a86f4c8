"""Parts that Colloquy has not got yet.

A case that needs one of the parts in `REFUSED` is sent to ours only, and must be answered with `REFUSAL`. Once the part is
there the case fails: then its name is struck off here, and its cases are compared. Likewise `IGNORED`, of which ours takes
no notice, as the original: its cases are compared, and differ once it is there.
"""

REFUSED = {"attachments", "feedback"}
IGNORED = {"search"}
PENDING = REFUSED | IGNORED
REFUSAL = "This server does not carry out such requests."
