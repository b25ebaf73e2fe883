"""Plays the steps of a script as a person at a screen would.

Only what a person can see and press exists here: commands, forms, buttons,
messages. The bot's answer to each act is read before the next one, gates (the
privacy notice, the choice of a constituency) are passed on the way, and
anything a person could not go on from fails the step.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import simcord

from rehearsal.ballot_player import Ballots
from rehearsal.shown import Refusal, Shown, impossible
from rehearsal.simulation import Post, Simulation, controls, form_choices
from rehearsal.step import RehearsalFailed, Step
from rehearsal.transcript import Transcript
from rehearsal.world import Person, World
from seminar.words import Text, t

_REFERENCE = re.compile(r"[A-Z0-9]{2,8}-\d{2,}")
_MOMENT = 10.0  # seconds; longer than the bot's pauses before it redraws or announces
_MOST_GATES = 6  # a notice, a constituency and what they may lead to; more is a bot going in circles


@dataclass(slots=True)
class Player:
    """Carries the state of one rehearsal: who acts, and where; `ballots` knows what is voted on."""

    world: World
    transcript: Transcript
    folder: Path = field(default_factory=Path)
    """Where the script is, and the files it names."""
    files: dict[str, bytes] = field(default_factory=dict)
    """What the bot handed out, by file name."""
    codes: dict[str, str] = field(default_factory=dict)
    """The one-time codes it handed out, by the name on the list; the last one counts."""
    ballots: Ballots = field(init=False)
    _who: Person | None = None
    _place: simcord.ChannelHandle | None = None
    _number: int = 0
    _refusable: bool = False
    _last_post: int = 0
    _fresh: list[Post] = field(default_factory=list)
    _cards: dict[str, Shown] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ballots = Ballots(self)

    @property
    def simulation(self) -> Simulation:
        return self.world.simulation

    @property
    def _actor(self) -> simcord.MemberActor:
        if self._who is None:
            raise RehearsalFailed(self._number, t("nobody acts in this step."))
        return self._who.actor

    async def run(self, number: int, step: Step) -> None:
        """Play one step and write it into the transcript.

        Raises:
            RehearsalFailed: it went otherwise than the script expects.
        """
        self._number = number
        self._refusable = step.expect == "refused"
        self._who = self.world.people[step.who] if step.who else None
        self._place = None
        self._fresh = []
        entry = self.transcript.begin(self.simulation.now(), step)
        refusal: Refusal | None = None
        try:
            await step.play(self)
        except Refusal as refused:
            refusal = refused
            entry.refused = refused.text
        except RehearsalFailed as failed:
            raise RehearsalFailed(number, failed.text) from failed
        except TimeoutError as late:
            raise RehearsalFailed(number, t("the bot did not come to rest.")) from late
        finally:
            self._look()
            entry.take(self._fresh, self.world)
            for shown, words in self.ballots.additions():
                entry.add(shown, words, self.world)
        self._check_faults()
        if refusal is not None and step.expect == "done":
            raise RehearsalFailed(
                number, t("{what} was refused: {why}", what=self._told(step), why=refusal.text)
            )
        if refusal is None and step.expect == "refused":
            raise RehearsalFailed(number, t("{what} should have been refused.", what=self._told(step)))

    async def act(self, who: Person, acts: Callable[[Player], Awaitable[None]]) -> None:
        """Do something outside the script as `who` (setting up, taking the exports home).

        Raises:
            RehearsalFailed: it was refused or failed.
        """
        self._number, self._who, self._place, self._fresh = 0, who, self.world.lobby, []
        self._refusable = False
        try:
            await acts(self)
        except Refusal as refused:
            raise RehearsalFailed(0, refused.text) from refused
        self._look()
        self._check_faults()

    def _told(self, step: Step) -> Text:
        return t("{who} {does}", who=step.who, does=step.tells())

    def _check_faults(self) -> None:
        faults = self.simulation.faults()
        if faults:
            first = faults[0]
            raise RehearsalFailed(
                self._number, t("the bot failed: {problem}", problem=f"{type(first).__name__}: {first}")
            ) from first

    def stand_at(
        self, *, theme: str | None = None, reference: str | None = None, event: str | None = None
    ) -> None:
        """Go to the channel that belongs to a theme, a recommendation or an event."""
        if event is not None:
            self._place = self.world.find_channel(event) or self._place
        elif reference is not None:
            self._place = self.world.theme_channel(reference.rsplit("-", 1)[0]) or self._place
        elif theme is not None:
            self._place = self.world.theme_channel(theme) or self._place

    def enter(self, event: str) -> None:
        """Take note of the channel that the bot made for an event.

        Raises:
            RehearsalFailed: there is none.
        """
        if self.world.find_channel(event) is None:
            raise RehearsalFailed(self._number, t("the bot made no channel for {event}.", event=event))

    def _here(self) -> simcord.ChannelHandle:
        if self._place is not None:
            return self._place
        opened = list(self.world.event_channels.values())
        return opened[-1] if opened else self.world.lobby

    async def command(self, name: str, /, **options: Any) -> Shown:
        """Run a slash command; options that are None are left out."""
        given = {key: value for key, value in options.items() if value is not None}
        place, actor = self._here(), self._actor
        return await self._through(lambda: actor.slash(place, name, **given))

    async def fill(self, shown: Shown, /, **values: str | None) -> Shown:
        """Fill in the form that is open; what it offers stays, and what it does not ask for is left out."""
        form = shown.form
        if form is None:
            raise RehearsalFailed(self._number, t("the bot did not open a form: {words}", words=shown.words))
        asked = {key: value for key, value in values.items() if key in shown.fields and value is not None}
        chosen = form_choices(form)
        answers = {key: [value] if key in chosen else value for key, value in (shown.offered | asked).items()}
        actor = self._actor
        return await self._through(lambda: actor.submit_modal(form, dict(answers)))

    async def press(self, shown: Shown, beginning: str) -> Shown:
        """Press the button whose custom id begins with `beginning`.

        Raises:
            Refusal: it is not there, or it is disabled.
        """
        message, control = shown.find(beginning)
        actor = self._actor
        return await self._through(lambda: actor.click(message, custom_id=control.custom_id))

    async def confirm(self, shown: Shown, beginning: str) -> Shown:
        """Press the button that confirms, where the bot asks for it."""
        return await self.press(shown, beginning) if shown.offers(beginning) else shown

    async def choose(self, shown: Shown, beginning: str, value: str) -> Shown:
        """Choose `value` in the select whose custom id begins with `beginning`."""
        message, control = shown.find(beginning)
        actor = self._actor
        return await self._through(lambda: actor.select(message, [value], custom_id=control.custom_id))

    async def say(self, text: str, reference: str | None = None) -> None:
        """Write a chat message here, or in the thread of a recommendation."""
        place = self._here()
        if reference is not None:
            place = self._thread(reference)
        with impossible(self._number):
            await self._actor.send(place, text)
        self._look()

    async def on_message(self, menu: str, reference: str, author: str) -> Shown:
        """Use an entry of the menu of the last message that somebody wrote on a recommendation."""
        thread = self._thread(reference)
        wrote = self.world.people.get(author)
        said = [
            post.message
            for post in self.simulation.posts()
            if wrote is not None and post.channel_id == thread.id and post.author_id == wrote.actor.id
        ]
        if not said:
            raise self.fails(t("{name} has said nothing on {reference}.", name=author, reference=reference))
        actor = self._actor
        return await self._through(lambda: actor.context_menu(thread, menu, said[-1]))

    async def export(self, **options: Any) -> Shown:
        """Ask for a file, and mean it where the bot says which names stand in it."""
        shown = await self.command("export", **options)
        return await self.confirm(shown, "export-named:")

    def beside(self, name: str) -> Path:
        """A file that the script names, sought beside it.

        Raises:
            RehearsalFailed: it is not there.
        """
        found = self.folder / name
        if not found.is_file():
            raise self.fails(t("the file {name} is not there.", name=str(found)))
        return found

    async def linger(self) -> None:
        """Stay a moment, until the bot has said what it says a little later."""
        await self.wait(_MOMENT)

    async def wait(self, seconds: float) -> None:
        """Let time pass for everybody."""
        await self.simulation.advance(seconds)
        self._look()

    async def _through(self, do: Callable[[], Awaitable[simcord.InteractionResult]]) -> Shown:
        """Do it, and pass every gate that stands before it."""
        for _ in range(_MOST_GATES):
            shown = await self._answer(do)
            gate = shown.gate()
            while gate is not None:
                shown = await self._pass(shown, gate)
                if ":" not in gate and shown.form is None and shown.gate() is None:
                    break  # the gate could not go on with the act by itself: do it again
                gate = shown.gate()
            else:
                return shown
        raise RehearsalFailed(self._number, t("the bot keeps asking the same before the act."))

    async def _pass(self, shown: Shown, gate: str) -> Shown:
        """Answer a gate. Whom somebody speaks for is made up only where the act is to go through.

        Raises:
            Refusal: the act is to be refused, and the script gives no constituency to choose.
        """
        message, control = shown.find(gate)
        actor = self._actor
        if not control.is_select:
            return await self._answer(lambda: actor.click(message, custom_id=control.custom_id))
        wanted = self.world.speaks_for(self._who) if self._who else None
        if wanted is None and self._refusable:
            raise Refusal(t("{sentence}", sentence=shown.words))
        value = wanted if wanted in control.options else control.options[0]
        return await self._answer(lambda: actor.select(message, [value], custom_id=control.custom_id))

    async def _answer(self, do: Callable[[], Awaitable[simcord.InteractionResult]]) -> Shown:
        with impossible(self._number):
            result = await do()
        self._look()
        shown = Shown.of(result)
        shown.check(self._number)
        return shown

    def _look(self) -> None:
        """Take in what has appeared on anybody's screen since the last look."""
        fresh = self.simulation.posts(self._last_post)
        if fresh:
            self._last_post = fresh[-1].message.id
            self._fresh += fresh

    def appeared(self) -> list[Shown]:
        """What the bot has posted for everybody in this step, oldest first."""
        return [Shown((post.message,)) for post in self._by_bot(self._fresh)]

    def posted(self) -> list[Shown]:
        """All that the bot has posted for everybody, oldest first, as it stands now."""
        return [Shown((post.message,)) for post in self._public()]

    def _public(self) -> list[Post]:
        return self._by_bot(self.simulation.posts())

    def _by_bot(self, posts: list[Post]) -> list[Post]:
        bot = self.simulation.bot_id
        return [post for post in posts if post.private_to is None and post.author_id == bot]

    def fails(self, text: Text) -> RehearsalFailed:
        """What to raise where the script itself is wrong at this step."""
        return RehearsalFailed(self._number, text)

    def card(self, reference: str) -> Shown | None:
        """The public card of a recommendation: the message that carries its thread or its controls."""
        known = self._cards.get(reference)
        if known is not None and all(self.simulation.has(message) for message in known.messages):
            return known
        thread = self._threads().get(reference)
        public = self._public()
        begun = [post for post in public if thread is not None and post.message.id == thread.id]
        named = (
            post
            for post in public
            if any(reference in control.custom_id.split(":") for control in controls(post.message))
        )
        post = next(iter(begun), None) or next(named, None)
        if post is None:
            return None
        self._cards[reference] = Shown((post.message,))
        return self._cards[reference]

    def moved(self, reference: str) -> None:
        """Look for the card anew: the recommendation is dealt with elsewhere from now on."""
        self._cards.pop(reference, None)

    @property
    def proposed(self) -> bool:
        """Whether any recommendation is on the table."""
        return any(_REFERENCE.fullmatch(name) for name in self._threads())

    def _threads(self) -> dict[str, simcord.ChannelHandle]:
        """The discussion threads by the reference that their name begins with; of two the later one."""
        every = sorted((thread for channel in self.world.channels() for thread in channel.threads), key=_age)
        return {(thread.name or "").split(" ")[0]: thread for thread in every}

    def _thread(self, reference: str) -> simcord.ChannelHandle:
        thread = self._threads().get(reference)
        if thread is None:
            raise RehearsalFailed(self._number, t("there is no thread of {reference}.", reference=reference))
        return thread

    def keep_files(self, shown: Shown) -> list[str]:
        """Keep the files of an answer; their names."""
        names = []
        for message in shown.messages:
            for attachment in message.attachments:
                self.files[Path(attachment.filename).name] = self.simulation.content(attachment)
                names.append(attachment.filename)
        return names


def _age(thread: simcord.ChannelHandle) -> int:
    """Later threads have greater ids."""
    return thread.id
