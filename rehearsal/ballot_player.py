"""Ballots as somebody at a screen knows them: by their messages, each under the script's own word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rehearsal.sheet import Sheet
from rehearsal.shown import Refusal, Shown
from seminar.words import t

if TYPE_CHECKING:
    from rehearsal.player import Player

_LABEL = re.compile(r"\bB\d+\b")
_OWN = re.compile(r"(?:sheet|silence-break):(\d+)$")  # the controls on a ballot's own message


@dataclass(slots=True)
class _Ballot:
    """A ballot: its id in custom ids, the bot's label, and the message that announced it.

    `seen` are the points that have stood on the message: its items, and what is added to them while
    the ballot is open.
    """

    id: str
    label: str
    post: Shown
    seen: set[str]


@dataclass(slots=True)
class Ballots:
    """The ballots of one rehearsal."""

    player: Player
    _known: dict[str, _Ballot] = field(default_factory=dict)

    async def confirm(self, preview: Shown, name: str) -> None:
        """Open what the bot's preview shows, and know it under the script's `name`.

        Raises:
            RehearsalFailed: no ballot message has appeared.
        """
        await self.player.confirm(preview, "ballot-open")
        for shown in self.player.appeared():
            label = _LABEL.search(shown.words)
            own = [found for _, c in shown.controls() if (found := _OWN.match(c.custom_id))]
            if label and own:
                self._known[name] = _Ballot(own[0][1], label.group(), shown, set(_points(shown)))
                return
        raise self.player.fails(t("the ballot was opened, but no message to vote on has appeared."))

    def label(self, name: str) -> str:
        """The bot's label of a ballot, as `B3`."""
        return self._ballot(name).label

    def _ballot(self, name: str) -> _Ballot:
        known = self._known.get(name)
        if known is None:
            raise self.player.fails(t("no ballot is called “{name}” before this step.", name=name))
        return known

    async def vote_on_card(self, ballot: str, reference: str, choice: str, reason: str) -> None:
        """Press `For`, `Against` or `Abstain` on the card of a recommendation."""
        known = self._ballot(ballot)
        card = self._card(reference)
        shown = await self.player.press(card, card.ending(f"vote:{known.id}:", choice))
        if shown.form is not None:
            await self.player.fill(shown, reason=reason)

    async def open_sheet(self, ballot: str) -> Sheet:
        """Open the ballot's private sheet."""
        known = self._ballot(ballot)
        return Sheet(self.player, known.id, await self.player.press(known.post, f"sheet:{known.id}"))

    async def press(self, ballot: str, button: str, *more: str) -> Shown:
        """Press a button that the bot has put under a post about a ballot.

        Raises:
            Refusal: there is none now.
        """
        custom_id = ":".join((button, self._ballot(ballot).id, *more))
        for shown in reversed(self.player.posted()):
            if shown.has(custom_id):
                return await self.player.press(shown, custom_id)
        raise Refusal(t("No button is offered for this now."))

    def additions(self) -> Iterator[tuple[Shown, str]]:
        """What has been added to the messages of ballots since the last look: totals, hands, statements."""
        for ballot in self._known.values():
            fresh = [point for point in _points(ballot.post) if point not in ballot.seen]
            if fresh:
                ballot.seen.update(fresh)
                heading = str(t("Now on the message of {label}:", label=ballot.label))
                yield ballot.post, "\n".join((heading, *fresh))

    async def speak(self, reference: str, button: str, **words: str) -> None:
        """Say something in the silence procedure on a recommendation, from its card."""
        shown = await self.player.press(self._card(reference), f"{button}:")
        await self.player.fill(shown, **words)

    def _card(self, reference: str) -> Shown:
        card = self.player.card(reference)
        if card is None:
            raise Refusal(t("There is no card of {reference}.", reference=reference))
        return card


def _points(shown: Shown) -> list[str]:
    """The lines of the lists on a message."""
    return [line for line in shown.words.splitlines() if line.startswith("- ")]
