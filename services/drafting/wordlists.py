"""Words that comparing texts has to know, in the languages recommendations are written in; all folded.

English and French are listed; in other languages every word is taken to tell, and what is rare decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Final


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words that a proposal on any subject is made of.
PLAIN_WORDS: Final = _listed(
    """
    a an the this that these those each every any all both either neither other another same such own
    i we you he she it they their its our his her them us who whom which what whose
    and or but nor not no never none so as than then if because since while where when whether
    of to in on at by for from with without within under over into onto out up down off about between
    among against during through before after until upon per via across along beyond
    is are was were be been being am has have had having do does did done doing
    should would could can cannot may might must shall will ought need needs
    set make makes made take takes taken begin begins put give gives given say says use uses used using
    keep keeps kept get let there here more most less least very only also just even again once already
    well anew instead rather one
    le la les l un une des du de d ce cet cette ces c se s son sa ses leur leurs notre nos votre vos
    il elle ils elles on nous vous je y en lui eux celui celle ceux celles qui que qu quoi dont ou
    et mais donc or ni car si comme quand lorsque lorsqu puisque parce afin ainsi alors
    a au aux dans sur sous par pour avec sans avant apres pendant depuis entre vers chez contre selon
    lors jusque jusqu pres hors outre
    est sont etait etaient etre ete ait aient soit soient serait seraient sera seront fut ont avait auraient
    aurait avoir ayant
    devrait devraient doit doivent devoir pourrait pourraient peut peuvent pouvoir faut faudrait
    faire fait faite faits font ferait mettre mis mise mettent place ne n pas plus jamais aucun aucune rien
    moins tres tout toute tous toutes chaque chacun chacune meme memes autre autres deja encore aussi
    seulement bien lieu plutot
    """
)

# Names that have a short form, and which is which.
ALIASES: Final[Mapping[str, str]] = {
    "european union": "eu",
    "united nations": "un",
    "union europeenne": "ue",
    "nations unies": "onu",
}

# What turns the words after it round.
DENIALS: Final = _listed("no not never none neither nor refrain refuse pas jamais aucun aucune ni rien")
# What does so with the next word alone.
EXCEPTIONS: Final = frozenset({"without", "sans", "instead of", "rather than", "au lieu", "plutot que"})
NOT_DENIALS: Final = frozenset(
    {"not only", "no later", "no more", "no less", "pas seulement", "sans doute", "sans tarder"}
)

# Stems (six letters) of words that stand against each other.
OPPOSITES: Final[tuple[tuple[frozenset[str], frozenset[str]], ...]] = tuple(
    (_listed(one), _listed(opposite))
    for one, opposite in (
        ("joint jointl common shared share togeth single conjoi commun ensemb partag", "separa indepe alone"),
        ("publis public publicl publie publiq", "confid secret secrec"),
        (
            "increa expand extend streng augmen renfor prolon etendr elargi",
            "reduce decrea limit shorte weaken lower redui reduir diminu limite affaib raccou",
        ),
        ("pledge provid contri offer join fourni offrir rejoin", "withdr withho retire refuse"),
        ("contin mainta poursu mainte", "abolis termin stop cesser suppri abolir arrete"),
        ("allow permit author autori permet", "forbid prohib ban interd"),
        ("mandat compul obliga", "volunt option volont facult"),
        ("centra centra", "decent"),
        ("perman standi", "tempor ad"),
    )
)

NUMBERS: Final[Mapping[str, int]] = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40,
    "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100, "thousand": 1000,
    "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "sept": 7, "huit": 8, "neuf": 9,
    "dix": 10, "onze": 11, "douze": 12, "quinze": 15, "vingt": 20, "trente": 30, "quarante": 40,
    "cinquante": 50, "soixante": 60, "cent": 100, "mille": 1000,
}  # fmt: skip

FRACTIONS: Final[Mapping[str, int]] = {
    "half": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4,
    "moitie": 2, "demi": 2, "tiers": 3, "quart": 4, "quarts": 4,
}  # fmt: skip

# Lengths of time, in days.
UNITS: Final[Mapping[str, Fraction]] = {
    "hour": Fraction(1, 24), "hours": Fraction(1, 24), "heure": Fraction(1, 24), "heures": Fraction(1, 24),
    "day": Fraction(1), "days": Fraction(1), "jour": Fraction(1), "jours": Fraction(1),
    "week": Fraction(7), "weeks": Fraction(7), "semaine": Fraction(7), "semaines": Fraction(7),
    "month": Fraction(30), "months": Fraction(30), "mois": Fraction(30),
    "year": Fraction(360), "years": Fraction(360), "an": Fraction(360), "ans": Fraction(360),
    "annee": Fraction(360), "annees": Fraction(360),
}  # fmt: skip
