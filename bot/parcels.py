"""Files on their way to chat: packed where they are too large, and put into as few messages as take them."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import Final

MOST_FILES: Final = 10
"""How many files Discord takes with one message."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A file and its name; `packed` if it is an archive with the file in it."""

    name: str
    data: bytes
    packed: bool = False


def zipped(parcel: Parcel) -> Parcel:
    """The file in an archive. This is work for the processor: call it in a thread."""
    return archive(f"{parcel.name}.zip", [parcel])


def archive(name: str, parcels: Iterable[Parcel]) -> Parcel:
    """The files in one archive of that name; work for the processor as well."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for parcel in parcels:
            # With a time of its own, the same file would be another archive each time.
            packed.writestr(zipfile.ZipInfo(parcel.name), parcel.data, zipfile.ZIP_DEFLATED, compresslevel=9)
    return Parcel(name, made.getvalue(), packed=True)


def messages(parcels: Iterable[Parcel], limit: int) -> list[list[Parcel]]:
    """The files in their order, each message with at most `MOST_FILES` of them and `limit` bytes in all.

    A file that is larger than `limit` is alone.
    """
    sent: list[list[Parcel]] = []
    room = 0
    for parcel in parcels:
        if not sent or len(sent[-1]) == MOST_FILES or len(parcel.data) > room:
            sent.append([])
            room = limit
        sent[-1].append(parcel)
        room -= len(parcel.data)
    return sent
