"""Pictures that people hand in: read with suspicion, and written anew, so that only what is seen stays.

Reading one is work for the processor: call it in a thread (`asyncio.to_thread`).
"""

from __future__ import annotations

from io import BytesIO
from typing import Final

from PIL import Image, ImageOps

from seminar.errors import Invalid
from seminar.words import t

MOST_PIXELS: Final = 4000  # a side, as handed in
KEPT_PIXELS: Final = 1200  # a side, as kept: a page is printed at four times what a logo takes of it
_FORMATS: Final = ("PNG", "JPEG")
_TOO_MUCH = t("This picture is too large; a logo has at most {most} pixels a side.", most=MOST_PIXELS)
_NO_PICTURE = t("This is no picture that can be read. A logo is a PNG or JPEG file.")


def png_of(data: bytes) -> bytes:
    """The picture as a PNG of at most `KEPT_PIXELS` a side, without anything that is not seen.

    Raises:
        Invalid: it is no PNG or JPEG, it is broken, or there is too much of it.
    """
    try:
        with Image.open(BytesIO(data), formats=_FORMATS) as opened:
            # The size stands at the beginning: what would fill the memory is refused before it is unpacked.
            if max(opened.size) > MOST_PIXELS:
                raise Invalid(_TOO_MUCH)
            return _written(opened)
    except Invalid:
        raise
    except Image.DecompressionBombError:
        raise Invalid(_TOO_MUCH) from None
    except Exception:  # the decoders raise whatever a broken file breaks in them
        raise Invalid(_NO_PICTURE) from None


def _written(picture: Image.Image) -> bytes:
    upright = ImageOps.exif_transpose(picture)
    if upright.mode.startswith("I"):  # 16 bits of grey, which a plain conversion would turn white
        upright = upright.point(lambda level: level / 256).convert("L")
    kept = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    kept.thumbnail((KEPT_PIXELS, KEPT_PIXELS))
    # Pasted, since a picture brings its profile and its comments along wherever it is saved to.
    bare = Image.new(kept.mode, kept.size)
    bare.paste(kept)
    made = BytesIO()
    bare.save(made, "PNG", optimize=True)
    return made.getvalue()
