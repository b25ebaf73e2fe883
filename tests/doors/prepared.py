"""A seminar in which every act of everybody has something to act on, and its twin on another server.

Made through the services, which is quicker than through the chat; what it is for goes through the chat.
"""

from __future__ import annotations

import secrets
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from bot.client import create_bot
from bot.house import House
from seminar.conference import Ending
from seminar.model import Actor, Change, Choice, Counts, Role, Stance, Status
from services.drafting.rec_views import Draft
from services.drafting.regrouping_requests import MergeRequest
from services.voting.ballot_views import BallotRequest, BallotView
from tests.chat.chat_room import Room, control, message_of
from tests.chat.conference_room import BRUSSELS
from tests.chat.voting_room import store_file
from tests.small_initiative import INITIATIVE

MARK = "Xylographia"
"""In every text of the seminar: nobody elsewhere may ever be shown it."""
MORE = (
    BRUSSELS
    + """
[[events]]
code = "TRV"
kind = "seminar"
title = "Treviso seminar"
city = "Treviso"
starts_on = 2034-11-20
ends_on = 2034-11-20
themes = ["TRN"]
"""
)
CHANGED = MORE + '\n[rules]\nadmission = "facilitator"\n'
LIST = b"name,constituency,organisation,status\nNora Newcomer,EU,,participant\n"
DECIDED = ("forwarded", "presented", "finalised", "adopted")
"""Equal by their votes, so that the first three go to the conference."""
ELSEWHERE = """
[initiative]
title = "Another initiative"
time_zone = "Europe/Rome"
languages = ["en"]
attribution = "named"
[roles]
participant = ["Expert"]
observer = ["Watcher"]
facilitator = ["Facilitator"]
organiser = ["Organiser"]
[[themes]]
code = "OTH"
title = "Other things"
[[events]]
code = "OSL"
kind = "seminar"
title = "Oslo seminar"
city = "Oslo"
starts_on = 2014-10-22
ends_on = 2014-10-24
themes = ["OTH"]
"""


@dataclass
class Prepared:
    """The room, who is in it by role, and everything there is to act on by name."""

    room: Room
    saved: Path
    lounge: ChannelHandle = field(init=False)
    people: dict[str, MemberActor] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)
    ballots: dict[str, BallotView] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    drafts: dict[tuple[str, str], str] = field(default_factory=dict)
    pages: dict[int, Any] = field(default_factory=dict)
    said: dict[str, Any] = field(default_factory=dict)
    _before: list[str] = field(default_factory=list)
    _looking: sqlite3.Connection | None = None
    _seen: int = 0

    @property
    def house(self) -> House:
        return self.room.bot.house

    @property
    def file(self) -> Path:
        return store_file(self.room)

    def dump(self) -> list[str]:
        """Every row of every table, the ledger's among them."""
        with closing(sqlite3.connect(self.file)) as store:
            names = [name for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return sorted(
                f"{name} {row!r}" for name in names for row in store.execute(f'SELECT * FROM "{name}"')
            )

    async def save(self) -> None:
        """Remember the store and the keys as they are now."""
        await self.room.bot.close()
        shutil.copyfile(self.file, self.saved)
        shutil.copytree(self.room.settings.secrecy.key_dir, self.saved.with_suffix(".keys"))
        await self._again()

    async def restore(self) -> None:
        """The bot starts anew on the store and the keys that were saved."""
        await self.room.bot.close()
        for left in self.file.parent.glob(self.file.name + "*"):
            left.unlink()
        shutil.copyfile(self.saved, self.file)
        keys = self.room.settings.secrecy.key_dir
        shutil.rmtree(keys)
        shutil.copytree(self.saved.with_suffix(".keys"), keys)
        await self._again()

    async def _again(self) -> None:
        await self.room.env.restart_bot(create_bot(self.room.settings))
        self._look()

    async def wait_for_initiative(self) -> None:
        """A changed initiative file is looked at by the organiser; it waits in memory alone."""
        shown = await self.room.load(self.people["organiser"], more=CHANGED + "receipts = false\n")
        self.ids["initiative"] = control(shown, "initiative-apply:").partition(":")[2]

    def untouched(self) -> bool:
        """Whether nothing was written since this was asked last: quicker than to compare everything."""
        assert self._looking is not None
        ((now,),) = self._looking.execute("PRAGMA data_version")
        same, self._seen = now == self._seen, now
        return bool(same)

    def _look(self) -> None:
        """Look at the store anew, which nobody has written to since it was saved."""
        if self._looking is not None:
            self._looking.close()
        self._looking = sqlite3.connect(self.file)
        ((self._seen,),) = self._looking.execute("PRAGMA data_version")
        self._before = self.dump()

    def changes(self) -> tuple[list[str], list[str]]:
        """The rows that are gone and those that are new since the store was saved."""
        now = self.dump()
        before, after = set(self._before), set(now)
        return sorted(before - after), sorted(after - before)

    async def recommend(
        self, name: str, who: str = "other", addressees: str = "", theme: str = "CAP", event: str = "ROM"
    ) -> str:
        """A recommendation that the seminar calls `name`; its reference."""
        title = f"{MARK} {name}"
        text = f"{MARK}: the matter of {name}, said at some length, {' '.join(reversed(name))}."
        draft = Draft(theme, event, title, text, addressees=addressees)
        rec = await self.house.recommendations.propose(self.actors[who], draft, secrets.token_hex(8))
        self.refs[name] = rec.reference
        return rec.reference

    async def amend(self, name: str, who: str, words: str) -> int:
        """An amendment to the recommendation `name`; its number."""
        rec = await self.house.recommendations.get(self.room.guild.id, self.refs[name])
        fields = {**rec.wording.fields, "text": f"{rec.text} {words}"}
        made = await self.house.amendments.propose(
            self.actors[who], rec.reference, rec.version, fields, "", secrets.token_hex(8)
        )
        return made.number

    async def ballot(self, name: str, *items: str, opened: bool = True, **request: Any) -> BallotView:
        """A ballot that the seminar calls `name`, on the recommendations of these names."""
        listed = ", ".join(self.refs[item] for item in items)
        asked = BallotRequest(**{"method": "support", "references": listed, "closes_in": "3d", **request})
        view = await self.house.ballots.prepare(self.actors["facilitator"], asked)
        if opened:
            view = await self.house.ballots.open(self.actors["facilitator"], view.id)
        self.ballots[name] = view
        return view

    async def keep(self, name: str, who: str, **fields: str) -> str:
        """A form that somebody sent in and that was refused; the draft's id."""
        made = secrets.token_urlsafe(12)
        then = replace(self.actors[who], roles=frozenset(Role))  # whatever role they have lost since
        await self.house.drafts.keep(then, made, fields, *Role)
        self.drafts[name, who] = made
        return made


def _people(prepared: Prepared) -> None:
    room = prepared.room
    roles = {
        "stranger": (room.stranger, ()),
        "observer": (room.obs, (Role.OBSERVER,)),
        "participant": (room.ana, (Role.PARTICIPANT,)),
        "facilitator": (room.fay, (Role.FACILITATOR,)),
        "organiser": (room.ola, (Role.ORGANISER,)),
        "other": (room.ben, (Role.PARTICIPANT,)),
        "gone": (room.person("Gus", "Expert", "EU"), (Role.PARTICIPANT,)),
        "newcomer": (room.person("Nia", "Expert"), (Role.PARTICIPANT,)),
        "newly observing": (room.person("Oto", "Observer"), (Role.OBSERVER,)),
    }
    codes = {"participant": ("UN",), "other": ("EU",), "gone": ("EU",)}
    for name, (member, held) in roles.items():
        prepared.people[name] = member
        prepared.actors[name] = Actor(
            room.guild.id, member.id, member.name, frozenset(held), codes.get(name, ())
        )


async def _texts(prepared: Prepared) -> None:
    """Recommendations in every state that comes without a vote, amendments and arguments on them."""
    house, actors, refs = prepared.house, prepared.actors, prepared.refs
    fay = actors["facilitator"]
    for name in ("theirs", "merged away", "merged into", "to split", "to be merged", "to merge into"):
        await prepared.recommend(name)
    for name, who in (("mine", "participant"), ("gone's", "gone")):
        await prepared.recommend(name, who)
    for name in ("supported", "supported too", "with reasons", "rated", "ranked", "pointed", "listed"):
        await prepared.recommend(name)
    for name in ("silent", "to be opened", "rated in rounds", "taken out", "kept in", "to discard"):
        await prepared.recommend(name)
    for name in DECIDED:
        await prepared.recommend(name, addressees="DPKO, CMPD")
    for name in ("rejected", "returned"):
        await prepared.recommend(name)
    await house.moderation.reject(fay, refs["rejected"], "Out of place.")
    await house.moderation.return_(fay, refs["returned"], "Too long.")
    for name, who in (("theirs", "participant"), ("mine", "other"), ("gone's", "other")):
        await prepared.amend(name, who, "And on time.")
    await prepared.amend("theirs", "other", "And at sea.")
    await prepared.amend("theirs", "gone", "And in the air.")
    await prepared.recommend("revised")
    await house.amendments.accept(
        fay,
        refs["revised"],
        await prepared.amend("revised", "participant", "And again."),
        change=Change.SUBSTANTIVE,
    )
    for who in ("participant", "other", "gone"):
        number = await prepared.amend("to merge into", who, f"As {who} wants it.")
        await house.amendments.reject(fay, refs["to merge into"], number, "No.")
    for who in ("participant", "other", "gone"):
        await house.arguments.add(
            actors[who], refs["theirs"], Stance.FOR.value, f"{MARK} by {who}", nonce=secrets.token_hex(8)
        )
    into = await house.recommendations.get(prepared.room.guild.id, refs["merged into"])
    merged = await house.regrouping.merge(
        fay, MergeRequest((refs["merged away"],), refs["merged into"], **into.wording.fields)
    )
    prepared.ids["merge"] = str(merged.id)


async def _votes(prepared: Prepared) -> None:
    """Ballots of every method, some closed; what was adopted goes to the conference."""
    house, actors, refs, ballots = prepared.house, prepared.actors, prepared.refs, prepared.ballots
    fay, ola, ana, ben = (actors[who] for who in ("facilitator", "organiser", "participant", "other"))
    berlin = await prepared.ballot("of Berlin", "of Berlin")
    for voter in (ana, ben):
        await house.voting.cast(voter, berlin.id, 1, Choice.FOR)
    await house.ballots.close(fay, berlin.id)
    decided = await prepared.ballot("decided", *DECIDED)
    for position in range(1, 1 + len(DECIDED)):
        for voter in (ana, ben):
            await house.voting.cast(voter, decided.id, position, Choice.FOR)
    await house.ballots.close(fay, decided.id)
    await house.conference.forward(ola, "ROM", 3)
    await house.events.open(ola, "BRU")
    await house.conference.present(ola, refs["presented"])
    await house.conference.present(ola, refs["finalised"])
    seen = await house.conference.preview(ola, refs["finalised"], Ending.FINALISED, "")
    await house.conference.settle(ola, refs["finalised"], seen.rec.version, Ending.FINALISED, "")
    await prepared.ballot("support", "supported", "supported too")
    await house.voting.cast(ana, ballots["support"].id, 1, Choice.FOR)
    await prepared.ballot("reasons", "with reasons", reasons="all")
    await prepared.ballot("rating", "rated", method="rating")
    await prepared.ballot("ranked", "ranked", method="ranked")
    await prepared.ballot("points", "pointed", "ranked", method="points", points=5)
    await house.papers.fill(ana, ballots["points"].id, 1, "3")
    await prepared.ballot("shortlist", "listed", "rated", method="shortlist", seats=1)
    await house.papers.fill(ana, ballots["shortlist"].id, 1, "yes")
    await house.papers.submit(ana, ballots["shortlist"].id)
    await prepared.ballot("silence", "silent", method="silence")
    await prepared.ballot("prepared", "to be opened", opened=False)
    rounds = await prepared.ballot("rounds", "rated in rounds", method="rating", rounds=2)
    await house.papers.fill(ana, rounds.id, 1, "a7")
    await house.papers.submit(ana, rounds.id)
    await house.ballots.close(fay, rounds.id)
    removed = await prepared.ballot("removed from", "taken out", "kept in")
    await house.room.enter(fay, removed.id, refs["kept in"], Counts(1, 0, 0), None, None)
    await house.removal.remove(fay, removed.id, refs["taken out"], "Wrong text.")


async def _drafts(prepared: Prepared) -> None:
    """A draft of every kind of form for everybody."""
    refs = prepared.refs
    for who in prepared.people:
        title, text = (
            f"Draft of {who}",
            f"A draft that {who} wrote, quite unlike all else: {secrets.token_hex(8)}.",
        )
        wording = {"title": title, "text": text, "rationale": "", "addressees": ""}
        await prepared.keep("recommend", who, **wording, theme="CAP")
        await prepared.keep("amend", who, **wording, reason="")
        await prepared.keep("rework", who, **wording, reason="")
        said = {"reference": refs["theirs"], "stance": "for", "text": text}
        await prepared.keep("argue", who, known=refs["theirs"], **said)
        merge = {"references": refs["to be merged"], "into": refs["to merge into"], "reason": ""}
        versions = f"{refs['to be merged']}=1 {refs['to merge into']}=1"
        await prepared.keep("merge", who, **wording, **merge, versions=versions)
        parts = {
            "first_title": "One",
            "first_text": text,
            "second_title": "Two",
            "second_text": text + " Else.",
        }
        await prepared.keep("split", who, **parts, reason="", split=refs["to split"])
        await prepared.keep("finalise", who, reason="It was not wanted.")


async def _elsewhere(prepared: Prepared) -> None:
    """Another server with the bot in it, and somebody there who holds every role."""
    env = prepared.room.env
    guild = env.create_guild("Elsewhere")
    roles = [guild.create_role(name) for name in ("Expert", "Facilitator", "Organiser")]
    channel = guild.create_text_channel("lounge")
    eve = guild.add_member(env.create_user("Eve"), roles=roles)
    owner = MemberActor(env, guild, guild.owner)
    await owner.slash(channel, "initiative load", file=("initiative.toml", ELSEWHERE.encode()))
    await eve.slash(channel, "event open", code="OSL")
    panel = next(message for message in guild.channels["osl-oslo-seminar"].history() if message.components)
    await eve.click(panel, custom_id="here")
    prepared.people["elsewhere"] = eve
    prepared.said["elsewhere"] = await eve.send(channel, "Nothing of theirs.")
    prepared.lounge = channel


async def prepare(room: Room, saved: Path) -> Prepared:
    """The seminar of `room`, as far as it can get; `saved` is where its store is remembered."""
    prepared = Prepared(room, saved)
    _people(prepared)
    house, actors = prepared.house, prepared.actors
    ola = actors["organiser"]
    await room.load(more=MORE)
    await house.events.open(ola, "ROM")
    for who in ("participant", "other", "gone", "observer"):
        await house.participants.enter(actors[who])
    await house.participants.set_unaccounted(ola, "Nils Nowhere", None, "EU", None)
    await house.participants.set_unaccounted(ola, "Olga Onlooker", Status.OBSERVER)
    for who, name in (("participant", "Nils Nowhere"), ("observer", "Olga Onlooker")):
        (issued,) = await house.codes.issue(ola, name)
        prepared.ids[f"code of {who}"] = issued.code
    await house.events.open(ola, "BER")
    await prepared.recommend("of Berlin", addressees="DPKO", theme="SSR", event="BER")
    await _texts(prepared)
    await _votes(prepared)
    await _drafts(prepared)
    await house.follow_ups.set(ola, prepared.refs["finalised"], "DPKO", {"action": f"{MARK}: train together"})
    history = await house.follow_ups.page(ola, 0, 5)
    prepared.ids["follow-up"] = str(history.items[0].id)
    looked_at = await house.importing.preview(ola, "list.csv", LIST)
    assert looked_at.id is not None
    prepared.ids["import"] = looked_at.id
    rows = f"reference,entity,number,action\n{prepared.refs['finalised']},DPKO,1,Something else\n"
    returned = await house.returning.preview(ola, "follow-up.csv", rows.encode())
    assert returned.id is not None
    prepared.ids["returned"] = returned.id
    await house.initiatives.load(ola, (INITIATIVE + CHANGED).encode())
    await prepared.recommend("waiting")
    await room.bot.errands.run()
    for who in ("participant", "other", "facilitator"):
        prepared.said[who] = await prepared.people[who].send(room.rome, f"{MARK}, as {who} sees it.")
    await _elsewhere(prepared)
    for one in prepared.people.values():
        channel = room.rome if one.guild.id == room.guild.id else prepared.lounge
        prepared.pages[one.id] = message_of(await one.slash(channel, "help"))
    await prepared.wait_for_initiative()
    room.env.backend.edit_member(room.guild.id, prepared.people["gone"].id, {"role_ids": []})
    await prepared.save()
    return prepared
