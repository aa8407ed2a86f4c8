"""The times that a run is measured by, in seconds."""

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Times:
    """Deadlines of the assertions, and durations of the faults."""

    # Machines that test are slow: deadlines are this many times as long.
    factor: float = 4
    # Long faults last this fraction of their full time.
    scale: float = 0.35

    # A5: a reader's end after the death of the run's server, after a stop, and after the model's last word.
    after_death_s: float = 8
    after_stop_s: float = 2.5
    after_completion_s: float = 1
    # A7: the model's connection is closed, and the text grows no more.
    model_closed_s: float = 1
    # A8: streams of an ended session end.
    signed_out_s: float = 1
    # A9: a deleted thread's traces are gone from every server.
    deleted_s: float = 1
    # A4: text may be lost that arrived this soon before a kill. It has no factor: both moments are the test's.
    lost_s: float = 0.1
    # A14: nobody follows an answer that has ended.
    unfollowed_s: float = 3
    # A10: the silence before tabs are compared.
    quiet_s: float = 3

    # The time in which the balancer notices a server that is frozen or back.
    balancer_s: float = 3
    # A client that hears nothing for so long opens another connection.
    silence_s: float = 5
    # A request is given up.
    patience_s: float = 11
    # After a fault is healed, connections are open again. It is a deadline, too, and has the factor.
    recovery_s: float = 1.5

    frozen_s: float = 20
    away_s: float = 30
    black_hole_s: float = 10

    def deadline(self, seconds: float) -> float:
        return seconds * self.factor

    def fault(self, seconds: float) -> float:
        return seconds * self.scale


def times() -> Times:
    """The times that the environment asks for: FACTOR and SCALE."""
    return Times(factor=float(os.environ.get("FACTOR", "4")), scale=float(os.environ.get("SCALE", "0.35")))
