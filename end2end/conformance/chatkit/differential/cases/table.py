"""How cases are written down."""

from collections.abc import Callable
from dataclasses import dataclass

from side import Side


@dataclass(frozen=True)
class Case:
    """What is done to both servers, and compared answer by answer."""

    name: str
    run: Callable[[Side], object]

    def __str__(self) -> str:
        return self.name


def one(name: str, kind: str, who: str = "ada", /, **params: object) -> Case:
    """A single request."""
    return Case(name, lambda side: side.send(kind, who, **params))


def flow(name: str) -> Callable[[Callable[[Side], object]], Case]:
    """Several requests."""
    return lambda run: Case(name, run)
