"""The transcript is written for people, and keeps what the bot keeps secret."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from rehearsal.step import Step
from rehearsal.transcript import HEADING, Saying, Transcript
from rehearsal.verbs import Second, Wait
from rehearsal.vote_verbs import Vote
from seminar.words import t
from tests.rehearsal.rehearsal_stage import MORNING, bare_world, small_script

NOTICE = "Before you take part\nThis is the notice.\nIt has many lines.\nHere is another."


def vote(who: str, choice: str, ballot: str = "b") -> Step:
    return Vote.model_validate({"who": who, "ballot": ballot, "reference": "CAP-01", "choice": choice})


def paper(who: str, **said: object) -> Step:
    return Vote.model_validate({"who": who, "ballot": "b", **said})


async def written(tmp_path: Path, transcript: Transcript, failure: str | None = None) -> str:
    async with bare_world(small_script(tmp_path)) as world:
        return transcript.render(world, failure)


async def test_a_transcript_says_who_was_there_and_what_happened_on_which_day(tmp_path: Path) -> None:
    """Days are headings, hours are those of the initiative's zone, strangers are called that."""
    transcript = Transcript("The seminar")
    transcript.begin(MORNING, Second(who="Ana", reference="CAP-01"))
    transcript.begin(MORNING + timedelta(days=1), Second(who="Ben", reference="CAP-01"))
    text = await written(tmp_path, transcript)
    assert text.startswith(f"{HEADING}\n\n**The seminar**")
    assert "Vera (a stranger)" in text
    assert text.index("## Wednesday, 22 October 2025") < text.index("**09:00** **Ana** seconds CAP-01.")
    assert text.index("## Thursday, 23 October 2025") < text.index("**Ben** seconds CAP-01.")


async def test_a_transcript_never_says_how_anybody_voted(tmp_path: Path) -> None:
    """A run of votes is one sentence that names the voters; one vote alone names its subject."""
    transcript = Transcript("The seminar")
    transcript.begin(MORNING, vote("Ana", "for"))
    transcript.begin(MORNING, vote("Ben", "against"))
    transcript.begin(MORNING, Second(who="Ana", reference="CAP-01"))
    transcript.begin(MORNING, vote("Mei", "abstain"))
    text = await written(tmp_path, transcript)
    assert "2 people vote in “b”: Ana and Ben." in text
    assert "**Mei** votes on CAP-01." in text
    assert not {"against", "abstain"}.intersection(text.split("## ")[1].replace(".", " ").split())


async def test_a_transcript_never_says_what_is_on_a_paper(tmp_path: Path) -> None:
    """Not even which recommendations it names: whom one approves of is the vote."""
    transcript = Transcript("The seminar")
    for said in ({"approve": ["CAP-01"]}, {"points": {"CAP-01": 3}}, {"aside": ["CAP-01"]}):
        transcript.begin(MORNING, paper("Ana", **said))
        transcript.begin(MORNING, Second(who="Ben", reference="CAP-02"))
    text = await written(tmp_path, transcript)
    assert text.count("**Ana** hands in a paper in the ballot “b”.") == 3
    assert "CAP-01" not in text


async def test_votes_in_two_ballots_at_once_are_told_apart(tmp_path: Path) -> None:
    """Each run of votes names its ballot; a refused vote ends it and stands by itself."""
    transcript = Transcript("The seminar")
    for who, ballot in (("Ana", "b"), ("Ben", "b"), ("Ana", "c"), ("Mei", "c")):
        transcript.begin(MORNING, vote(who, "for", ballot))
    transcript.begin(MORNING, paper("Ana", points={"CAP-01": 99})).refused = t("Only 10 points are left.")
    text = await written(tmp_path, transcript)
    assert "2 people vote in “b”: Ana and Ben." in text
    assert "2 people vote in “c”: Ana and Mei." in text
    assert "**Ana** hands in a paper in the ballot “b”. **Refused:** Only 10 points are left." in text


async def test_a_refusal_stands_beside_the_act(tmp_path: Path) -> None:
    """What was refused is part of the story, once and not again as a private answer."""
    transcript = Transcript("The seminar")
    entry = transcript.begin(MORNING, Second(who="Oscar", reference="CAP-01"))
    entry.refused = t("Only participants can do this.")
    entry.sayings.append(Saying("rom", "✋ Only participants can do this.", "Oscar"))
    text = await written(tmp_path, transcript)
    assert "**Oscar** seconds CAP-01. **Refused:** Only participants can do this." in text
    assert text.count("Only participants can do this.") == 1


async def test_private_words_are_marked_and_long_ones_written_out_once(tmp_path: Path) -> None:
    """The second person who reads the notice does not make the transcript longer."""
    transcript = Transcript("The seminar")
    for who in ("Ana", "Ben"):
        entry = transcript.begin(MORNING, Second(who=who, reference="CAP-01"))
        entry.sayings.append(Saying("rom", NOTICE, who))
    text = await written(tmp_path, transcript)
    assert "> *🔒 to Ana alone*" in text
    assert text.count("Here is another.") == 1
    assert "> *🔒 to Ben alone:* Before you take part *(as above)*" in text


async def test_what_several_were_told_alone_in_the_same_words_is_written_once(tmp_path: Path) -> None:
    """Reminders above all; names stay, so that everybody finds what they were told."""
    transcript = Transcript("The seminar")
    entry = transcript.begin(MORNING, Wait(minutes=30))
    entry.sayings += [Saying("", "You have not voted yet.", who) for who in ("Ana", "Ben")]
    text = await written(tmp_path, transcript)
    assert "> *🔒 to Ana and Ben, each alone*" in text
    assert text.count("You have not voted yet.") == 1


async def test_what_follows_a_list_is_not_part_of_it(tmp_path: Path) -> None:
    """Markdown would draw the next line into the last point."""
    transcript = Transcript("The seminar")
    entry = transcript.begin(MORNING, Second(who="Ana", reference="CAP-01"))
    entry.sayings.append(Saying("rom", "- one\n - of it\n- two\nafter", None))
    assert "> - one\n>   - of it\n> - two\n>\n> after" in await written(tmp_path, transcript)


async def test_time_that_passes_without_an_event_is_not_told(tmp_path: Path) -> None:
    """The hours of what follows tell it; a wait in which something fell due is told."""
    transcript = Transcript("The seminar")
    transcript.begin(MORNING, Wait(minutes=20))
    busy = transcript.begin(MORNING, Wait(hours=2))
    busy.sayings.append(Saying("rom", "Ballot B1 is closed.", None))
    text = await written(tmp_path, transcript)
    assert "20 min" not in text
    assert "Time passes: 2 h." in text
    assert "> *in #rom*" in text


async def test_an_early_end_is_the_last_word(tmp_path: Path) -> None:
    """Whoever reads the file of a failed rehearsal sees why it stops."""
    text = await written(tmp_path, Transcript("The seminar"), "step 3: it broke.")
    assert text.rstrip().endswith("**The rehearsal ended early.** step 3: it broke.")
