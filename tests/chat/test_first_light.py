"""The whole road once, as a smoke test of the harness."""

from __future__ import annotations

from tests.chat.chat_room import Room, control, message_of, refused, shown, texts


async def test_a_recommendation_goes_from_proposal_to_outcome(room: Room) -> None:
    """An expert proposes, others second and vote, a facilitator closes, and the room is told."""
    room.env.raise_errors()
    print(room.posts())
    result = await room.recommend(room.ana)
    print(texts(result))
    await room.ben.slash(room.rome, "second", reference="CAP-01")
    print(room.posts())
    ballot = await room.open_ballot()
    for who in (room.ana, room.ben):
        print(texts(await room.vote(who, ballot, 1, "for")))
    print(texts(await room.close_ballot(ballot)))
    for post in room.posts():
        print("----", post)
    room.env.raise_errors()
