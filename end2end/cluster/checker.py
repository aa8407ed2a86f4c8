"""The assertions of a run, by their number. A15 is a row of `make bench`."""

from collections.abc import Callable, Iterator

import access_assertions as access
import reader_assertions as readers
import stored_assertions as stored
from history import History
from violation import Violation

Assertion = Callable[[History], Iterator[Violation]]

ASSERTIONS: dict[str, Assertion] = {
    "A1": stored.a1_messages_are_stored_once,
    "A2": stored.a2_text_is_the_models,
    "A3": readers.a3_readers_miss_nothing,
    "A4": stored.a4_what_was_read_is_stored,
    "A5": readers.a5_readers_get_an_end,
    "A6": stored.a6_a_thread_has_one_run,
    "A7": readers.a7_stop_stops,
    "A8": access.a8_signed_out_is_signed_out,
    "A9": access.a9_deleted_is_deleted,
    "A10": readers.a10_tabs_show_what_is_there,
    "A11": access.a11_sign_ins_are_limited,
    "A12": access.a12_faults_are_bearable,
    "A13": stored.a13_mails_are_sent_once,
    "A14": access.a14_nothing_is_left,
}


def check(history: History, names: list[str] | None = None) -> list[Violation]:
    """All violations of the assertions, or of those that are named."""
    return [violation for name in names or ASSERTIONS for violation in ASSERTIONS[name](history)]
