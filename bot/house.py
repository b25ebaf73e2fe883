"""The composition root: everything is built here once and handed in; there are no globals."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.delivery import Delivery
from bot.exporting import Exporting
from bot.i18n import Catalogues
from bot.settings import Settings
from services.conference.conference import Conference
from services.deadlines import Deadlines
from services.digests import Digests
from services.drafting.amendments import Amendments
from services.drafting.arguments import Arguments
from services.drafting.finding import Finding
from services.drafting.history import History
from services.drafting.moderation import Moderation
from services.drafting.recommendations import Recommendations
from services.drafting.regrouping import Regrouping
from services.drafts import Drafts
from services.events import Events
from services.initiatives import Initiatives
from services.keys import KeyStore
from services.logos import Logos
from services.people.codes import Codes
from services.people.forgetting import Forgetting
from services.people.forgotten_list import ForgottenList
from services.people.importing import Importing
from services.people.own_data import OwnData
from services.people.participants import Participants
from services.people.roll import Roll
from services.record.audit import Audit
from services.record.dividing import Dividing
from services.record.exports import Exports
from services.record.ledger_log import LedgerLog
from services.record.receipts import Receipts
from services.record.records import Records
from services.record.results import Results
from services.serving import Serving
from services.tracking.following import FollowUps
from services.tracking.reminding import FollowUpReminding
from services.tracking.reporting import FollowUpRecord
from services.tracking.returning import Returning
from services.voting.ballots import Ballots
from services.voting.gathering import Gathering
from services.voting.live import Live
from services.voting.papers import Papers
from services.voting.polling import Polling
from services.voting.removal import Removal
from services.voting.room import Room
from services.voting.silences import Silences
from services.voting.voting import Voting
from storage import migrate
from storage.engine import Database
from storage.votes import VoteWriter, Watched


@dataclass(frozen=True, slots=True)
class House:
    """Every service over one store."""

    settings: Settings
    clock: Callable[[], datetime]
    catalogues: Catalogues
    db: Database
    serving: Serving
    keys: KeyStore
    writer: VoteWriter
    initiatives: Initiatives
    logos: Logos
    events: Events
    participants: Participants
    importing: Importing
    codes: Codes
    roll: Roll
    own_data: OwnData
    forgetting: Forgetting
    recommendations: Recommendations
    arguments: Arguments
    finding: Finding
    digests: Digests
    amendments: Amendments
    history: History
    drafts: Drafts
    moderation: Moderation
    regrouping: Regrouping
    conference: Conference
    follow_ups: FollowUps
    follow_up_record: FollowUpRecord
    returning: Returning
    ballots: Ballots
    voting: Voting
    papers: Papers
    silences: Silences
    room: Room
    removal: Removal
    live: Live
    deadlines: Deadlines
    results: Results
    records: Records
    receipts: Receipts
    exports: Exports
    delivery: Delivery
    audit: Audit
    ledger_log: LedgerLog

    async def close(self) -> None:
        """Write out what waits, then let go of the store."""
        await self.writer.drain()
        await self.db.close()


async def open_house(
    settings: Settings,
    clock: Callable[[], datetime],
    catalogues: Catalogues,
    watched: Watched | None = None,
) -> House:
    """Bring the store up to date and build every service on it; `watched` is told of batches of votes.

    Raises:
        StoreUnavailable: the store cannot be opened or written.
    """
    await migrate.upgrade(settings.storage.url)
    db = await Database.open(settings.storage.url)
    keys = KeyStore(settings.secrecy.key_dir)
    writer = VoteWriter(db, clock, watched)
    serving = Serving()
    initiatives = Initiatives(db, clock, serving)
    participants = Participants(db, clock, initiatives)
    forgetting = Forgetting(db, clock, keys, participants.known, ForgottenList(settings.secrecy.key_dir))
    try:
        await forgetting.again()
    except BaseException:
        await db.close()
        raise
    ballots = Ballots(db, clock, initiatives, participants, keys, sleep=asyncio.sleep, serving=serving)
    polling = Polling(db, initiatives, participants, writer, keys)
    results = Results(db, clock, initiatives)
    records = Records(db, clock, initiatives)
    exports = Exports(db, clock, initiatives)
    audit = Audit(db)
    digests = Digests(db, clock, initiatives)
    silences = Silences(db, clock, initiatives, participants, ballots)
    await ballots.resume_sealing()
    return House(
        settings=settings,
        clock=clock,
        catalogues=catalogues,
        db=db,
        serving=serving,
        keys=keys,
        writer=writer,
        initiatives=initiatives,
        logos=Logos(db, clock, initiatives),
        events=Events(db, clock, initiatives),
        participants=participants,
        importing=Importing(db, clock, initiatives, participants),
        codes=Codes(db, clock, initiatives, participants),
        roll=Roll(db, initiatives),
        own_data=OwnData(db, clock, initiatives, keys),
        forgetting=forgetting,
        recommendations=Recommendations(db, clock, initiatives, participants),
        arguments=Arguments(db, clock, initiatives, participants),
        finding=Finding(db, clock, initiatives, participants, keys),
        amendments=Amendments(db, clock, initiatives, participants, silences),
        history=History(db, initiatives),
        drafts=Drafts(db, clock),
        moderation=Moderation(db, clock, initiatives),
        regrouping=Regrouping(db, clock, initiatives),
        conference=Conference(db, clock, initiatives),
        follow_ups=FollowUps(db, clock, initiatives),
        follow_up_record=FollowUpRecord(db, clock, initiatives),
        returning=Returning(db, clock, initiatives),
        ballots=ballots,
        voting=Voting(db, clock, initiatives, polling),
        papers=Papers(db, clock, initiatives, polling),
        silences=silences,
        room=Room(db, clock, initiatives, participants, ballots),
        removal=Removal(db, clock, participants, ballots, polling, Gathering(keys)),
        live=Live(db),
        digests=digests,
        deadlines=Deadlines(
            db,
            clock,
            {
                **ballots.deadline_handlers(),
                **digests.deadline_handlers(),
                **FollowUpReminding(db, clock, initiatives).deadline_handlers(),
            },
            serving,
        ),
        results=results,
        records=records,
        receipts=Receipts(db, participants, polling, records),
        exports=exports,
        delivery=Delivery(Exporting(settings, exports), exports, Dividing(db, initiatives)),
        audit=audit,
        ledger_log=LedgerLog(db, initiatives, audit),
    )
