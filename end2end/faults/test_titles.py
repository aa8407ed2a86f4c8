"""Titles in what models say."""

import time

import pytest

from conversation import Conversation
from raw import BARE, DONE, WHOLE, RawModel, delta, end, sends

SOON_S = 10

TITLES = [
    "<thinking>Hm</thinking>\nTrip to Rome",
    "Sure! Here is a title for the conversation:\n\nTrip to Rome",
    '{"title": "Trip to Rome"}',
    "- Trip to Rome",
    "1. Trip to Rome",
    "<title>Trip to Rome</title>",
    "\u2018Trip to Rome\u2019",
    'Here\'s a concise title: "Trip to Rome',
    "{'title': 'Trip to Rome'}",
    '"Trip to Rome" is a good title.',
    "Voici un titre : Trip to Rome",
]


@pytest.mark.parametrize("said", TITLES)
def test_a_title_is_found_in_what_a_model_says(raw_model: RawModel, with_raw_titles: Conversation, said: str) -> None:
    raw_model.play(sends(WHOLE), sends(BARE + delta(content=said) + end("stop") + DONE))
    with_raw_titles.ask("Where shall we go?").succeeded()
    until, title = time.monotonic() + SOON_S, ""
    while title != "Trip to Rome":
        assert time.monotonic() < until, title
        thread = with_raw_titles.user.chatkit("threads.get_by_id", thread_id=with_raw_titles.thread_id)
        title = thread.raise_for_status().json()["title"]
        time.sleep(0.05)
