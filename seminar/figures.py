"""Reading figures back from their published form: exactly what was written, or not at all."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any, Generic, Protocol, TypeVar

from pydantic import TypeAdapter

from seminar.canonical import canonical


class Published(Protocol):
    """Figures with a part for each published group."""

    @property
    def by_constituency(self) -> Mapping[str, Mapping[str, Any]]: ...

    def to_json(self) -> dict[str, Any]: ...


F = TypeVar("F", bound=Published)


class Reader(Generic[F]):
    """Reads the figures of one method, whose parts by constituency have these `group_fields`."""

    def __init__(self, kind: type[F], method: str, group_fields: Collection[str]) -> None:
        self._adapter = TypeAdapter(kind)
        self._method = method
        self._group_fields = frozenset(group_fields)

    def __call__(self, document: str | Mapping[str, Any]) -> F:
        """What `to_json` gave, as an object or as its JSON text.

        Raises:
            ValueError: these are not figures of the method.
        """
        try:
            fields = json.loads(document) if isinstance(document, str) else document
            figures = self._adapter.validate_json(canonical(fields), strict=True)
        except (ValueError, TypeError) as error:
            raise ValueError(f"these are not the figures of a {self._method} ballot") from error
        parts = figures.by_constituency.values()
        if figures.to_json() != fields or any(part.keys() != self._group_fields for part in parts):
            raise ValueError(f"these are not the figures of a {self._method} ballot")
        return figures
