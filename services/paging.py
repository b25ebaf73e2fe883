"""Pages of what is listed, counted from 0, whatever page somebody asks for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar

T = TypeVar("T")

_FURTHEST: Final = 99_999
"""A page that no list has, and whose beginning every store can look for."""


async def page_of(
    read: Callable[[int, int], Awaitable[tuple[Sequence[T], int]]], page: int, size: int, most: int
) -> tuple[Sequence[T], int, int]:
    """A page's items, how many there are on all pages, and its number.

    `read` gives items and their number in all, by how many are wanted and how many come before; a page
    has 1 to `most` of them, whatever `size` says. Past the end it is the last page.
    """
    page, size = min(max(page, 0), _FURTHEST), min(max(size, 1), most)
    found, total = await read(size, page * size)
    if not found and total:
        page = (total - 1) // size
        found, total = await read(size, page * size)
    return found, total, page if total else 0
