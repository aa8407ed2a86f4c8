"""A breach of an assertion."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Violation:
    # The assertion and its clause, such as `A7.model closed`.
    clause: str
    # The evidence.
    text: str

    def __str__(self) -> str:
        return f"{self.clause}: {self.text}"
