"""A small seminar in which about everything happens once, the refused included.

Nothing is looked at here: what the bot said to it all is read from its requests.
"""

from __future__ import annotations

from simcord.actors import MemberActor
from simcord.results import InteractionResult

from reports import FORMATS
from tests.chat.chat_room import TEXT, TITLE, Room, control, controls, message_of, texts
from tests.chat.voting_room import forge, on_sheet, tap, voters, wait

LONG = "Training in common"
LIKE_IT = "Structured co-operation in planning, again"
OTHER, OTHER_TEXT = "Rapid deployment", "Pre-position equipment, and agree beforehand who brings it."
REASON, RATIONALE, HOUSE = "It costs much.", "Illustrative, not adopted text.", "Think Tank"
LISTED = "Mia Moser"
NOTICE = "We keep your votes apart from your name."
EVERYBODY = (
    "Ana",
    "Ben",
    "Cleo",
    "Obi",
    "Fay",
    "Ola",
    "Sam",
    "Seminar Owner",
    *(f"Voter {n}" for n in range(1, 9)),
)
OWN = (
    *EVERYBODY,
    LISTED,
    *(TITLE, TEXT, LONG, LIKE_IT, OTHER, OTHER_TEXT, REASON, RATIONALE, HOUSE, NOTICE),
    "EU-UN Peacekeeping Partnerships Initiative",
    *("United Nations", "EU institutions", "Military capabilities", "Training", "Security sector reform"),
    *("Rome seminar", "Berlin seminar", "rom-rome-seminar", "ber-berlin-seminar", "Rome", "Berlin"),
    *("UN Department of Peacekeeping Operations", "DPKO", "UN", "EU", "CAP", "TRN", "SSR", "ROM", "BER"),
)


async def play(room: Room) -> None:
    """A small seminar in which about everything happens once, the refused included."""
    for who in (room.stranger, room.owner):
        await who.slash(room.lobby, "help")
    await room.ana.slash(room.lobby, "recommendations")
    await room.load(room.ana)
    await room.load_bytes(b"[initiative", room.owner)
    await room.load_bytes(b'[initiative]\ntitel = "?"\n', room.owner)
    more = f'[privacy]\nnotice = "{NOTICE}"\n[rules]\nquorum = "2"\n'
    await room.load()
    await room.ana.slash(room.lobby, "recommend")
    await room.open_event("ROM")
    await room.open_event("ROM")
    await room.open_event("XYZ")
    changed = await room.load(room.ola, more)
    await room.ola.click(message_of(changed), custom_id=control(changed, "initiative-apply"))
    await room.load(room.ola, more)
    await room.ola.slash(room.lobby, "initiative show")
    await _enter(room)
    await _propose(room)
    ballot = await _vote(room)
    await _end(room, ballot)
    await _look_back(room)
    await _lists(room)


async def _lists(room: Room) -> None:
    """A list of participants with every fault there is, the roll, codes, one's own data and its end."""
    await room.ola.slash(room.lobby, "participants import", file=("list.csv", b"constituency\nUN\n"))
    rows = (
        f"{LISTED},,UN,{HOUSE},",
        f"{LISTED},,UN,,",
        f",{room.ben.id},EU,,",
        f",{room.ben.id},EU,,",
        f"{OTHER},,XYZ,,",
        f"{OTHER},,,,",
        f"{OTHER},,UN,,XYZ",
        f"{OTHER},12,UN,,",
        f"{OTHER},1.23E+17,UN,,",
        "=1+1,,UN,,",
        "12345,,UN,,",
        "Ana,,UN,,",
    )
    content = "\n".join(("name,id,constituency,organisation,status", *rows)).encode()
    shown = await room.ola.slash(room.lobby, "participants import", file=("list.csv", content))
    await room.ola.click(message_of(shown), custom_id=control(shown, "import-apply"))
    for options in ({}, {"status": "observer"}, {"constituency": "XYZ"}, {"as_file": True}):
        await room.ola.slash(room.lobby, "participants list", **options)
    await room.ola.slash(room.lobby, "participants codes", name=OTHER)
    asked = await room.ola.slash(room.lobby, "participants codes")
    await room.ola.click(message_of(asked), custom_id="codes-all")
    await room.cleo.slash(room.lobby, "help")
    page = await room.cleo.slash(room.lobby, "me show")
    form = await room.cleo.click(message_of(page), custom_id="register")
    await room.cleo.submit_modal(form, {"code": "0"})
    await room.cleo.slash(room.lobby, "me export")
    asked = await room.cleo.slash(room.lobby, "me forget")
    await room.cleo.click(message_of(asked), custom_id="forget-me")
    await room.cleo.slash(room.lobby, "me forget")


async def _enter(room: Room) -> None:
    panel = room.message("panel", "")
    for button in ("help", "browse", "vote-list"):
        await room.ana.click(panel, custom_id=button)
    await room.stranger.click(panel, custom_id="my-page")
    asked = await room.ana.click(panel, custom_id="here")
    await room.ana.click(message_of(asked), custom_id=control(asked, "notice"))
    for who in (room.ben, room.cleo, room.obs):
        await _accepting(who, await who.click(panel, custom_id="here"))
    both = room.person("Voter 8", "Expert", "UN", "EU")
    asked = await _accepting(both, await both.click(panel, custom_id="here"))
    await both.select(message_of(asked), ["UN"], custom_id=control(asked, "constituency"))
    await room.ola.slash(
        room.lobby, "participants set", member=room.obs, constituency="EU", organisation=HOUSE
    )
    await room.ola.slash(room.lobby, "participants set", member=room.ben, organisation=HOUSE)
    await room.ola.slash(room.lobby, "participants set", member=room.stranger, status="participant")
    for who in (room.ana, room.ben, room.obs, room.fay, room.ola, room.stranger, room.owner):
        await who.slash(room.lobby, "help")
        await who.slash(room.lobby, "me show")


async def _accepting(who: MemberActor, asked: InteractionResult) -> InteractionResult:
    """Read the notice, where it is shown, and go on."""
    if any(identity.startswith("notice") for identity in controls(message_of(asked))):
        return await who.click(message_of(asked), custom_id=control(asked, "notice"))
    return asked


async def _propose(room: Room) -> None:
    for theme in ("CAP", "SSR", "XYZ"):
        answer = await room.ana.slash(room.lobby, "recommend", theme=theme)
        assert answer.modal is not None or texts(answer)
    form = await room.ana.slash(room.lobby, "recommend")
    await room.ana.submit_modal(
        form, {"title": TITLE, "text": TEXT, "rationale": RATIONALE, "theme": ["CAP"], "addressees": "DPKO"}
    )
    found = await room.recommend(room.ben, "CAP", LIKE_IT, TEXT)
    await room.ben.click(message_of(found), custom_id=control(found, "second-instead"))
    found = await room.recommend(room.ben, "CAP", LIKE_IT, TEXT)
    await room.ben.click(message_of(found), custom_id=control(found, "propose-anyway"))
    await room.recommend(room.cleo, "CAP", OTHER, OTHER_TEXT)
    await room.recommend(room.cleo, "CAP", OTHER, "   \u200b" * 10)
    for number in range(5):
        answer = await room.recommend(room.cleo, "TRN", OTHER, OTHER_TEXT)
        for identity in controls(message_of(answer)):
            if identity.startswith("propose-anyway") and number:
                await room.cleo.click(message_of(answer), custom_id=identity)
    for who, reference in ((room.ana, "CAP-01"), (room.ben, "CAP-01"), (room.obs, "CAP-01"), (room.ben, "?")):
        await who.slash(room.lobby, "second", reference=reference)
    for who, reference in ((room.ana, "CAP-03"), (room.ben, "CAP-02"), (room.ben, "CAP-02")):
        await who.slash(room.lobby, "withdraw", reference=reference)
    await room.ben.slash(room.lobby, "recommendation", reference="CAP-01")
    await room.ben.slash(room.lobby, "recommendation", reference="CAP-99")
    listed = await room.ben.slash(room.lobby, "recommendations")
    await room.ben.select(message_of(listed), ["CAP-01"], custom_id="browse-show")
    await room.ben.slash(room.lobby, "recommendations", text="nothing says this")


async def _vote(room: Room) -> str:
    await room.ana.slash(room.rome, "ballot open", method="support", theme="CAP")
    for options in (
        {"theme": "SSR"},
        {"theme": "CAP", "quorum": "many"},
        {"theme": "CAP", "threshold": "most"},
        {"theme": "CAP", "closes_in": "soon"},
        {"references": "CAP-02, CAP-09"},
        {},
    ):
        await room.fay.slash(room.rome, "ballot open", method="support", **options)
    dropped = await room.fay.slash(room.rome, "ballot open", method="support", theme="CAP")
    await room.fay.click(message_of(dropped), custom_id=control(dropped, "ballot-discard"))
    ballot = await room.open_ballot(reasons="against", closes_in="2h", quorum="1/3")
    await room.open_event("ROM")
    await room.ola.slash(room.lobby, "event close", code="ROM")
    await room.fay.slash(room.rome, "ballot open", method="support", references="CAP-01")
    drawn = await sheet_of(room, room.ben, ballot)
    drawn = await on_sheet(room.ben, drawn, f"sheet-vote:{ballot}:1:for")
    drawn = await on_sheet(room.ben, drawn, f"sheet-vote:{ballot}:1:none")
    await tap(room, room.ben, ballot, "for")
    asked = await tap(room, room.cleo, ballot, "against")
    await room.cleo.submit_modal(asked, {"reason": REASON})
    await tap(room, room.obs, ballot, "for")
    await tap(room, room.stranger, ballot, "for")
    await room.ben.slash(room.lobby, "recommendation", reference="CAP-01")
    await room.ben.slash(room.lobby, "withdraw", reference="CAP-01")
    for who in (room.ana, room.ben, room.fay, room.obs):
        await who.slash(room.lobby, "help")
        await who.slash(room.lobby, "vote")
    await room.fay.slash(room.rome, "ballot status", ballot="B1")
    await room.fay.slash(room.rome, "ballot status", ballot="B7")
    await room.fay.slash(room.rome, "ballot remind", ballot="B1")
    await room.fay.slash(room.rome, "ballot remind", ballot="B1")
    await room.fay.slash(room.rome, "ballot extend", ballot="B1", by="1h")
    await room.fay.slash(room.rome, "ballot extend", ballot="B1", by="later")
    await wait(room, 2.9 * 3600, step=600)
    return ballot


async def sheet_of(room: Room, who: MemberActor, ballot: str) -> InteractionResult:
    return await who.click(room.message("ballot", ballot), custom_id=f"sheet:{ballot}")


async def _end(room: Room, ballot: str) -> None:
    for voter in voters(room, 3):
        asked = await _accepting(voter, await tap(room, voter, ballot, "abstain"))
        assert texts(asked)
    left = await room.fay.slash(room.rome, "ballot close", ballot="B1")
    await room.fay.click(message_of(left), custom_id=control(left, "ballot-leave"))
    await room.close_ballot(ballot)
    await wait(room, 60, step=10)
    await room.fay.slash(room.rome, "ballot close", ballot="B1")
    await _contest(room)
    second = await room.open_ballot("TRN", secrecy="open", closes_in="30m")
    for position, reference in enumerate(("TRN-01", "TRN-02"), start=1):
        await tap(room, room.ana, second, "for", reference, position)
    await room.fay.slash(room.rome, "ballot cancel", ballot="B4", reason=REASON)
    third = await room.open_ballot("TRN", secrecy="open", closes_in="30m", reasons="all", quorum="0")
    await sheet_of(room, room.ana, third)
    await wait(room, 3600, step=300)


async def _contest(room: Room) -> None:
    """Carried with one constituency against it, while another ballot is open too."""
    await room.recommend(room.ana, "CAP", LONG, f"*{LONG}* " * 60, f"*{LONG}* " * 30)
    await _open(room, "TRN-03")
    ballot = await _open(room, "CAP-04")
    for number in range(4, 8):
        united = room.person(f"Voter {number}", "Expert", "UN")
        await tap(room, united, ballot, "for", "CAP-04")
        await _accepting(united, await tap(room, united, ballot, "for", "CAP-04"))
    for number in range(1, 4):
        state = room.person(f"Voter {number}", "Expert", "EU")
        await _accepting(state, await tap(room, state, ballot, "against", "CAP-04"))
    await room.ben.slash(room.lobby, "vote")
    await room.close_ballot(ballot, "B3")
    await wait(room, 60, step=10)
    await room.fay.slash(room.rome, "ballot cancel", ballot="B2", reason=REASON)
    await forge(room, room.ben, room.message("panel", ""), "no-such-control:1")
    await room.ana.context_menu(room.lobby, "Recommend this", await room.ana.send(room.lobby, TITLE))


async def _open(room: Room, references: str) -> str:
    asked = await room.fay.slash(
        room.rome, "ballot open", method="support", references=references, closes_in="30m"
    )
    button = control(asked, "ballot-open:")
    await room.fay.click(message_of(asked), custom_id=button)
    return button.partition(":")[2]


async def _look_back(room: Room) -> None:
    for theme in ("CAP", "TRN"):
        await room.ola.slash(room.lobby, "results", event="ROM", theme=theme)
    await room.ola.slash(room.lobby, "results", event="BER")
    await room.ana.slash(room.lobby, "results")
    for name in FORMATS:
        await room.ola.slash(room.lobby, "export", format=name)
    await room.ola.slash(room.lobby, "export", format="csv", event="BER")
    await room.ben.slash(room.lobby, "me show")
    await room.ben.slash(room.lobby, "vote")
    await room.ola.slash(room.lobby, "event close", code="ROM")
    for who in (room.ana, room.fay, room.ola):
        await who.slash(room.lobby, "help")
    await room.ana.slash(room.lobby, "recommend", theme="CAP")
