"""The house of services over one store, opened and left as by a program that starts and ends."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from bot.house import House, open_house
from bot.i18n import Catalogues
from bot.settings import Settings
from services.drafting.rec_views import Draft
from storage.errors import StoreUnavailable
from tests.faults.look import Watcher, everything_is_over, reader, sound
from tests.faults.plan import Step
from tests.faults.seminar_acts import FAY, OBI, OLA, OWNER, VOTERS, Acting
from tests.services.conference_hall import WITH_CONFERENCE
from tests.services.small_seminar import StillClock

HOURS_AT_THE_END = (2, 2, 24, 24, 72, 240, 240, 240, 240)  # after which every deadline has passed


@cache
def catalogues() -> Catalogues:
    return Catalogues.load()


def settings_of(url: str, keys: Path) -> Settings:
    return Settings.model_validate({"storage": {"url": url}, "secrecy": {"key_dir": keys}})


async def opened(url: str, keys: Path, clock: StillClock) -> House:
    """The whole house, as the program builds it when it starts; people can reach it from now on."""
    house = await open_house(settings_of(url, keys), clock, catalogues())
    house.ballots.outages.came_up()
    return house


async def prepared_store(url: str, keys: Path) -> None:
    """Rome and Brussels are open, everybody is registered, three recommendations are on the table."""
    house = await opened(url, keys, StillClock())
    await house.initiatives.load(OWNER, WITH_CONFERENCE.encode())
    for code in ("ROM", "BRU"):
        await house.events.open(OLA, code)
    for who in (*VOTERS, OBI):
        await house.participants.enter(who)
    await house.participants.person(FAY)
    for number, author in enumerate(VOTERS[:3]):
        title = f"T0-{number}"
        draft = Draft("CAP", "ROM", title, f"Both sides should do {title} soon.")
        await house.recommendations.propose(author, draft, title)
    await house.close()


async def rows_of(url: str, sql: str) -> list[tuple[Any, ...]]:
    """What a query finds, beside the house."""
    return (await reader(url)({"": sql}))[""]


async def errands(house: House) -> None:
    """What `bot/errands.py` does after every act, as far as the store lets it."""
    with suppress(StoreUnavailable):
        await house.deadlines.run_due()


async def verified(house: House) -> None:
    """The program's own audit finds nothing."""
    report = await house.audit.verify()
    assert report.problems == ()


async def ends_well(watcher: Watcher, clock: StillClock) -> None:
    """The program starts once more and time passes: nothing is left half done, and it still answers."""
    house = await opened(watcher.url, watcher.keys, clock)
    try:
        for hours in HOURS_AT_THE_END:
            clock.pass_(hours=hours)
            await errands(house)
        look = await watcher.check(each_step=False)
        everything_is_over(look)
        watcher.no_mark_is_left(look)
        await verified(house)
        acting = Acting(house, clock, watcher.memory, lambda sql: rows_of(watcher.url, sql), "end-")
        before = watcher.memory.acknowledged
        for number, does in enumerate(("propose", "open", "vote", "close"), start=1):
            await acting.play(Step(number, does, 3, -1, 2))  # on the newest, by `support`, for it
        assert watcher.memory.acknowledged >= before + 4, "the house does not answer any more"
        await watcher.check(each_step=False)
    finally:
        await house.close()
    sound(watcher.url)
