"""Names of people, and what they write: long enough that a search has something to read."""

from __future__ import annotations

import random

FIRST = [
    "Adaeze", "Bronagh", "Chidi", "Dilys", "Eamon", "Farida", "Gwen", "Hamza", "Ines", "Jarek", "Kofi", "Leila",
    "Mairi", "Nuno", "Oyin", "Priya", "Rhys", "Soraya",
]  # fmt: skip
LAST = [
    "Abara", "Brennan", "Castellane", "Dhillon", "Ekwueme", "Farrow", "Gallagher", "Hashemi", "Ibekwe",
    "Jankowska", "Kaur", "Lindqvist", "Mbeki",
]  # fmt: skip
# One word of about twenty accounts, however many there are, and one of three in ten.
RARE, COMMON = "harpsichord", "library"
IN_ALL, SHARE = 20, 0.3

_BEGIN = [
    "bar", "cor", "dun", "el", "fen", "gil", "hol", "kel", "lin", "mor", "nor", "pen", "ros", "shel", "thor",
    "ul", "wes",
]  # fmt: skip
_END = [
    "aby", "bourne", "combe", "dale", "ford", "gate", "ham", "holt", "ington", "ley", "mere", "sett", "stead",
    "ton", "well", "worth",
]  # fmt: skip
_SAYS = [
    "Two officers stopped me near {0} {1} and asked where I was going.",
    "They said that somebody of my description had been seen at {0}.",
    "I was searched in front of my neighbours on {0} {1} and nothing was found.",
    "Nobody gave me a record, and I walked home by {0} feeling ashamed.",
    "The taller officer was polite and explained why, which helped, but {0} was full of people.",
    "My phone was taken and given back at {0} police station after an hour.",
    "I asked for their numbers at {0} and was told to read the website.",
    "It was raining, my bag was emptied on the pavement of {0} {1}.",
]


class Words:
    """What people write, from places that are not many."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._places = [(a + b).title() for a in _BEGIN for b in _END]

    def name(self) -> str:
        """Somebody's name."""
        pick = self._chance.choice
        return f"{pick(FIRST)} {pick(LAST)}-{pick(LAST)}"

    def place(self) -> str:
        """Where it was."""
        return f"{self._chance.choice(self._places)} Road"

    def account(self, rare: bool) -> str:
        """What happened, in six sentences or seven."""
        said = [self._sentence() for _ in range(6)]
        if self._chance.random() < SHARE:
            said.append(f"It was outside the {COMMON}.")
        if rare:
            said.append(f"I was carrying a {RARE}.")
        return " ".join(said)

    def message(self) -> str:
        """What is written in a case later."""
        return f"{self._sentence()} {self._sentence()}"

    def _sentence(self) -> str:
        pick = self._chance.choice
        return pick(_SAYS).format(pick(self._places), pick(("Road", "Street", "Lane", "Hill")))
