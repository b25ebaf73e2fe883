"""Voting on cards, said once more word for word with the fast path on."""

from __future__ import annotations

import pytest

from bot.settings import Settings
from tests.chat.test_voting import (  # noqa: F401
    test_a_ballot_of_another_server_is_not_there,
    test_a_card_takes_the_same_vote_as_the_sheet,
    test_a_constituency_is_chosen_once_and_the_vote_goes_on,
    test_a_facilitator_who_is_an_expert_too_votes_as_one,
    test_a_forged_control_is_refused_and_changes_nothing,
    test_a_reason_is_asked_of_those_against,
    test_no_figure_about_for_or_against_is_seen_before_closing,
    test_the_observer_role_wins_over_the_participant_role,
    test_the_privacy_notice_comes_once_and_the_vote_goes_on,
    test_two_taps_within_a_millisecond_leave_one_vote,
    test_who_may_not_vote_is_told_why,
)

pytestmark = [pytest.mark.thorough, pytest.mark.usefixtures("nothing_failed")]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The settings of every test, with the fast path on."""
    return settings.model_copy(update={"discord": settings.discord.model_copy(update={"fast_path": True})})
