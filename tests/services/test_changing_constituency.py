"""For whom somebody speaks, changed while a ballot is open: by organisers alone, and consistently."""

from __future__ import annotations

from dataclasses import replace

import pytest

from seminar.errors import NotAllowed, Refused
from seminar.model import Status
from tests.services.polling_station import AGAINST, FOR
from tests.services.registry import Registry
from tests.small_initiative import INITIATIVE


async def frozen(registry: Registry) -> dict[object, tuple[object, object]]:
    """Constituency and whether they voted, of everybody in the frozen electorate, by name."""
    rows = await registry.rows(
        "SELECT p.name, e.constituency, e.voted FROM electorates e JOIN people p ON p.id = e.elector"
    )
    return {name: (constituency, voted) for name, constituency, voted in rows}


@pytest.mark.parametrize("secrecy", ["secret", "open"])
@pytest.mark.parametrize("road", ["set", "import"])
async def test_a_vote_counts_for_whom_its_voter_speaks_at_closing(
    registry: Registry, road: str, secrecy: str
) -> None:
    """It stays, is counted once, and in one constituency; the electorate is as large as before."""
    others = await registry.register(un=4, eu=4)
    await registry.participants.enter(registry.dana)
    ballot = await registry.open(theme=None, references="CAP-01", secrecy=secrecy)
    for voter in (*others, registry.dana):
        await registry.vote(voter, ballot, FOR if voter is registry.dana else AGAINST)
    if road == "set":
        held = (registry.dana.roles, ("UN",))
        await registry.participants.set(
            registry.organiser, registry.dana.user_id, "Dana", held, constituency="EU"
        )
    else:
        await registry.bring(("", registry.dana.user_id, "EU", "", ""))
    sheet = await registry.voting.sheet(registry.dana, ballot.id)
    assert [item.choice for item in sheet.items] == [FOR]
    result = await registry.close(ballot)
    (figures,) = result.figures
    assert (result.electorate, result.voters, result.set_aside) == (ballot.entitled, len(others) + 1, 0)
    by = {code: counts.for_ for code, counts in figures.by_constituency.items()}
    assert by == {"EU": 1, "UN": 0}
    assert (await frozen(registry))["Dana"] == ("EU", 1)
    await registry.whole()


async def test_nobody_changes_it_themselves_during_a_ballot_or_otherwise(registry: Registry) -> None:
    """Not by choosing again, by another role, by none, nor by coming back after a restart."""
    await registry.participants.declare(registry.eli, "UN")
    ballot = await registry.open(theme=None, references="CAP-01")
    await registry.vote(registry.eli, ballot, FOR)
    changed = replace(registry.eli, constituencies=("EU",))
    for who in (registry.eli, changed, replace(registry.eli, constituencies=("UN", "EU"))):
        for house in (registry, registry.restarted()):
            with pytest.raises(Refused, match="only an organiser"):
                await house.participants.declare(who, "EU")
            assert (await house.participants.enter(who, to_vote=True)).constituency == "UN"
    await registry.close(ballot)
    assert (await frozen(registry))["Eli"] == ("UN", 1)


async def test_a_choice_is_once_and_only_where_the_rules_allow(registry: Registry) -> None:
    """An organiser's entry is no choice to be made again; without self-declaration there is none."""
    await registry.bring(("", registry.eli.user_id, "EU", "", ""))
    with pytest.raises(Refused, match="only an organiser"):
        await registry.participants.declare(registry.eli, "UN")
    await registry.load(INITIATIVE + "[rules]\nself_declaration = false\n")
    with pytest.raises(NotAllowed, match="ask an organiser"):
        await registry.participants.declare(registry.cem, "UN")


async def test_who_becomes_an_observer_in_the_middle_is_set_aside(registry: Registry) -> None:
    """By a list as by hand: the vote is not counted, and counted as such."""
    await registry.participants.enter(registry.dana)
    ballot = await registry.open(theme=None, references="CAP-01")
    await registry.vote(registry.dana, ballot, FOR)
    await registry.bring(("", registry.dana.user_id, "", "", "observer"))
    with pytest.raises(NotAllowed):
        await registry.vote(registry.dana, ballot, AGAINST)
    result = await registry.close(ballot)
    assert (result.electorate, result.voters, result.set_aside) == (ballot.entitled - 1, 0, 1)
    person = await registry.participants.person(registry.dana)
    assert person.status is Status.OBSERVER


async def test_an_organisation_given_by_a_list_moves_the_vote_to_the_delegation(registry: Registry) -> None:
    """Where delegations vote: what stood for the one before stays its own."""
    await registry.load(INITIATIVE + '[rules]\nvote_by = "delegation"\n')
    await registry.bring(
        ("", registry.dana.user_id, "UN", "EEAS", ""), ("", registry.eli.user_id, "EU", "SIPRI", "")
    )
    ballot = await registry.open(theme=None, references="CAP-01")
    assert ballot.entitled == 2
    await registry.vote(registry.dana, ballot, FOR)
    await registry.bring(("", registry.dana.user_id, "", "Sipri", ""))
    sheet = await registry.voting.sheet(registry.dana, ballot.id)
    assert [item.choice for item in sheet.items] == [None]
    await registry.vote(registry.eli, ballot, AGAINST)
    result = await registry.close(ballot)
    assert (result.electorate, result.voters, result.set_aside) == (1, 1, 1)
    await registry.whole()
