"""What a merge offers to begin with: the words of several recommendations put together, to be edited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from seminar.wording import MOST_ADDRESSEES, MOST_RATIONALE, MOST_TEXT, Wording

_PARAGRAPH: Final = "\n\n"
_SEPARATOR: Final = ", "


@dataclass(frozen=True, slots=True)
class Joined:
    """`alone` names the fields, as `Wording.fields` does, that hold the first one's words only, since
    all together are too long."""

    wording: Wording
    alone: tuple[str, ...]


def joined(first: Wording, others: Sequence[Wording]) -> Joined:
    """The first with the texts and rationales of the others as paragraphs, and the addressees of all.

    What the first says already is not said twice. The title stays the first one's.
    """
    every = (first, *others)
    text = _put_together([one.text for one in every], _PARAGRAPH, MOST_TEXT)
    rationale = _put_together([one.rationale for one in every], _PARAGRAPH, MOST_RATIONALE)
    addressees = tuple(dict.fromkeys(name for one in every for name in one.addressees))
    if len(_SEPARATOR.join(addressees)) > MOST_ADDRESSEES:
        addressees, addressed = first.addressees, False
    else:
        addressed = True
    fits = {"text": text is not None, "rationale": rationale is not None, "addressees": addressed}
    return Joined(
        Wording(
            first.title,
            first.text if text is None else text,
            first.rationale if rationale is None else rationale,
            addressees,
        ),
        tuple(name for name, together in fits.items() if not together),
    )


def _put_together(texts: Sequence[str], between: str, most: int) -> str | None:
    """The texts one after the other, each that is not said before; None if that is too long."""
    made = ""
    for text in texts:
        if text and text not in made:
            made = f"{made}{between}{text}" if made else text
    return made if len(made) <= most else None
