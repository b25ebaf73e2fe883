"""The logo: a picture taken in with suspicion, and written anew."""

from __future__ import annotations

import json
import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from seminar.canonical import digest
from seminar.errors import Invalid, NotAllowed, NotFound
from services.logos import MOST_LOGO_BYTES, Logos
from storage import ledger
from tests.services.small_seminar import GUILD, Seminar


def drawn(size: tuple[int, int] = (40, 20), mode: str = "RGB", form: str = "PNG", **saved: object) -> bytes:
    """A picture as somebody hands it in."""
    made = BytesIO()
    Image.new(mode, size).save(made, form, **saved)
    return made.getvalue()


def opened(image: bytes) -> Image.Image:
    """What was kept, as another program sees it."""
    picture = Image.open(BytesIO(image))
    picture.load()
    return picture


@pytest.fixture
def logos(house: Seminar) -> Logos:
    """The service, on a server with the initiative loaded."""
    return Logos(house.db, house.clock, house.initiatives)


async def test_a_logo_is_kept_replaced_and_taken_away(house: Seminar, logos: Logos) -> None:
    """The ledger has its digest each time, and not its words."""
    assert await logos.get(GUILD) is None
    first = await logos.put(house.organiser, drawn())
    assert first.alt == "EU-UN Peacekeeping Partnerships Initiative"
    second = await logos.put(house.organiser, drawn((30, 30)), "  Two \n hands ")
    assert second.alt == "Two hands"
    assert await logos.get(GUILD) == second != first
    await logos.remove(house.organiser)
    assert await logos.get(GUILD) is None
    with pytest.raises(NotFound):
        await logos.remove(house.organiser)
    async with house.db.read() as tx:
        acts = [(e.act, json.loads(e.body)) for e in await ledger.entries(tx, GUILD)][-3:]
        assert not [problem async for problem in ledger.verify_chain(tx, GUILD)]
    assert [act for act, _ in acts] == [
        "initiative.logo_set",
        "initiative.logo_set",
        "initiative.logo_removed",
    ]
    assert acts[1][1]["picture"] == digest(second.image)
    assert "hands" not in str(acts)


async def test_only_organisers_change_it(house: Seminar, logos: Logos) -> None:
    """Whoever else tries finds it unchanged."""
    kept = await logos.put(house.organiser, drawn())
    for who in (house.facilitator, house.ana, house.owner):
        with pytest.raises(NotAllowed):
            await logos.put(who, drawn((9, 9)))
        with pytest.raises(NotAllowed):
            await logos.remove(who)
    assert await logos.get(GUILD) == kept


async def test_nothing_is_kept_of_a_picture_but_what_is_seen(house: Seminar, logos: Logos) -> None:
    """No place, no camera, no comment, no profile; upright, and no larger than a cover needs."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "Camera of Ana"
    photo = drawn((2000, 1000), form="JPEG", exif=exif, comment=b"taken by Ana", icc_profile=b"Ana's profile")
    assert b"Ana" in photo
    kept = await logos.put(house.organiser, photo)
    assert b"Ana" not in kept.image
    assert (opened(kept.image).format, opened(kept.image).size) == ("PNG", (600, 1200))
    note = PngInfo()
    note.add_text("Author", "Ana")
    kept = await logos.put(house.organiser, drawn(pnginfo=note))
    assert b"Ana" not in kept.image
    assert opened(kept.image).info == {}


@pytest.mark.parametrize(
    ("mode", "form", "becomes"),
    [
        ("1", "PNG", "RGB"),
        ("L", "PNG", "RGB"),
        ("LA", "PNG", "RGBA"),
        ("P", "PNG", "RGB"),
        ("I;16", "PNG", "RGB"),
        ("RGBA", "PNG", "RGBA"),
        ("L", "JPEG", "RGB"),
        ("CMYK", "JPEG", "RGB"),
    ],
)
async def test_pictures_of_every_kind_become_one_kind(
    house: Seminar, logos: Logos, mode: str, form: str, becomes: str
) -> None:
    """In colour, with or without what can be seen through."""
    kept = await logos.put(house.organiser, drawn(mode=mode, form=form))
    assert opened(kept.image).mode == becomes


async def test_sixteen_bits_of_grey_stay_grey(house: Seminar, logos: Logos) -> None:
    """Half as bright as white, and not cut off at white."""
    made = BytesIO()
    Image.new("I;16", (4, 4), 0x8000).save(made, "PNG")
    kept = await logos.put(house.organiser, made.getvalue())
    assert opened(kept.image).getpixel((0, 0)) == (128, 128, 128)


def bomb(side: int = 30_000) -> bytes:
    """A small file that says it is enormous."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


BAD = {
    "nothing": (b"", "no picture"),
    "text": (b"A logo, please.", "no picture"),
    "drawing": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no picture"),
    "another format": (drawn(form="GIF"), "no picture"),
    "half a picture": (drawn((800, 800), form="JPEG")[:900], "no picture"),
    "half a png": (drawn((800, 800))[:90], "no picture"),
    "broken": (drawn().replace(b"IDAT", b"IDAX"), "no picture"),
    "wide": (drawn((4001, 2), "1"), "at most 4000 pixels a side"),
    "bomb": (bomb(), "at most 4000 pixels a side"),
    "half a bomb": (bomb(3_999), "no picture"),
    "large": (b"\x89PNG\r\n\x1a\n" + bytes(MOST_LOGO_BYTES), "more than 1 MiB"),
}


@pytest.mark.parametrize("name", BAD)
async def test_what_is_no_logo_is_refused_in_a_sentence(house: Seminar, logos: Logos, name: str) -> None:
    """And the one before stays."""
    kept = await logos.put(house.organiser, drawn())
    data, said = BAD[name]
    with pytest.raises(Invalid, match=said):
        await logos.put(house.organiser, data)
    assert await logos.get(GUILD) == kept


async def test_what_it_shows_is_said_shortly(house: Seminar, logos: Logos) -> None:
    """A line is read out, not a chapter."""
    with pytest.raises(Invalid, match="at most 200"):
        await logos.put(house.organiser, drawn(), "x" * 201)
