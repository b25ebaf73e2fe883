"""A report model in, bytes out: renderers draw what the model says and decide nothing.

Every module `to_*.py` of this package is an export format and offers it as
`FORMAT`; a new format is one new file.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from reports.format import Format, Words

__all__ = ["FORMATS", "Format", "Words"]


def _formats() -> Mapping[str, Format]:
    found: dict[str, Format] = {}
    for module in sorted(iter_modules(__path__), key=lambda module: module.name):
        if module.name.startswith("to_"):
            offered: Format = import_module(f"{__name__}.{module.name}").FORMAT
            found[offered.name] = offered
    return MappingProxyType(found)


FORMATS: Mapping[str, Format] = _formats()
"""The export formats by name, such as `csv`."""
