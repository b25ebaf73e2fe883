"""The voting methods: every module in this package except `base` is one, and is found by itself.

Those that a seminar uses most come first in `METHODS`, and so in every list of methods.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from seminar.errors import Invalid
from seminar.methods.base import Method, PaperMethod
from seminar.words import t


def _found() -> Mapping[str, Method[Any]]:
    methods: dict[str, Method[Any]] = {}
    for entry in pkgutil.iter_modules(__path__):
        if entry.name == "base":
            continue
        module = importlib.import_module(f"{__name__}.{entry.name}")
        if not isinstance(module, Method):
            raise TypeError(f"{module.__name__} is not a voting method: see seminar.methods.base.Method")
        methods[module.name] = module
    return MappingProxyType(dict(sorted(methods.items(), key=lambda named: named[1].place)))


METHODS: Mapping[str, Method[Any]] = _found()


def method(name: str) -> Method[Any]:
    """The voting method of this name.

    Raises:
        Invalid: there is none.
    """
    try:
        return METHODS[name]
    except KeyError:
        raise Invalid(
            t("There is no voting method “{name}”; there is {known}.", name=name[:40], known=tuple(METHODS))
        ) from None


def paper_method(name: str) -> PaperMethod:
    """The method of this name, whose ballots are voted on by paper.

    Raises:
        Invalid: there is no such method, or it votes on each item by itself.
    """
    found = method(name)
    if not found.on_paper or not isinstance(found, PaperMethod):
        raise Invalid(t("This ballot is not voted on by paper."))
    return found
