"""How cases are written down."""

from collections.abc import Callable
from dataclasses import dataclass

from side import Side


@dataclass(frozen=True)
class Case:
    """What is done to both servers, and compared answer by answer."""

    name: str
    run: Callable[[Side], object]
    # The part of Colloquy that it asks for, see `pending.py`.
    needs: str | None = None

    def __str__(self) -> str:
        return self.name


def one(name: str, kind: str, who: str = "ada", /, *, needs: str | None = None, **params: object) -> Case:
    """A single request."""
    return Case(name, lambda side: side.send(kind, who, **params), needs)


def flow(name: str, needs: str | None = None) -> Callable[[Callable[[Side], object]], Case]:
    """Several requests."""
    return lambda run: Case(name, run, needs)
