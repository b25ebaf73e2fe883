"""The doctor, `rapporteur check`: what is missing or wrong, and what to do about it.

It looks and changes nothing: a store that is not there yet is not made, one that is older
is not brought up to date, and Discord is only asked.
"""

from bot.doctor.examining import examine, initiative_findings
from bot.doctor.finding import Finding

__all__ = ["Finding", "examine", "initiative_findings"]
