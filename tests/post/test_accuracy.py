"""Synthetic letters of known truth, keyed by simulated clerks who err at known rates, through the very verbs of the desk.

Says how much is left wrong for how many keystrokes. `FULL=1` takes ten times as many letters.
"""

from __future__ import annotations

import os
from collections import Counter
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from casework.accounts.models import Account
from casework.extensions import db
from casework.moments import today
from casework.post import keying, measures, sheets
from casework.post.comparing import Mark, Read, differ
from casework.settings import service as settings
from tests.post import trays
from tests.triage import channels

LETTERS = int(os.environ.get("LETTERS", "0")) or (600 if os.environ.get("FULL") == "1" else 45)
RATES = {"ann": 0.015, "bea": 0.03, "cem": 0.06}
SAME_MISTAKE = 0.05
pytestmark = pytest.mark.timeout(3000 if LETTERS > 100 else 300)


def slip(read: Read, blank: sheets.Blank, random: Random) -> Read:
    """What somebody keys who errs: a letter too few, two exchanged, another box, a field overlooked."""
    if not read.texts:
        return Read((random.choice(blank.options)[0],)) if blank.options else Read(("x",))
    if blank.options:
        others = [value for value, _ in blank.options if value not in read.texts]
        return Read((random.choice(others),)) if others else Read(mark=Mark.MISSING)
    place = random.randrange(len(read.texts))
    text = read.texts[place]
    at = random.randrange(len(text)) if text else 0
    changed = text[:at] + random.choice("aeinrst1379") + text[at + 1 :]
    found = Read((*read.texts[:place], changed, *read.texts[place + 1 :]))
    return found if differ(blank.kind, found, read) else Read(mark=Mark.UNREADABLE)


def keystrokes(read: Read, blank: sheets.Blank) -> int:
    """How many keys it takes, the one that leads on included."""
    return 1 + (len(read.texts) if blank.options else sum(len(text) for text in read.texts))


def test_little_is_left_wrong_for_the_keystrokes_that_are_spent(app: Any, cast: Any) -> None:
    random, counts, whole = Random(5), Counter[str](), sheets.sheet("feedback")
    people = {name: trays.clerk(name) for name in (*RATES, "dee")}
    settings.change("post.first_items", 5, people["ann"], "a shorter beginning")
    db.session.commit()
    for number in range(LETTERS):
        said = channels.said(random, number)
        truth = trays.reads_of("feedback", said.answers)
        truth = {b.name: truth.get(b.name, Read(mark=Mark.MISSING)) for b in whole}
        item = trays.letter(people["dee"], pages=[])
        first, second = random.sample(list(RATES), 2)
        errs: dict[str, Read] = {}
        for round, name in ((keying.FIRST, first), (keying.SECOND, second)):
            asked = keying.blanks(item, round)
            reads = {}
            for blank in asked:
                reads[blank.name] = truth[blank.name]
                if blank.name in errs and random.random() < SAME_MISTAKE:
                    reads[blank.name] = errs[blank.name]
                elif random.random() < RATES[name]:
                    reads[blank.name] = slip(truth[blank.name], blank, random)
                if round == keying.FIRST and reads[blank.name] != truth[blank.name]:
                    errs[blank.name] = reads[blank.name]
                counts[f"keys {round}"] += keystrokes(reads[blank.name], blank)
            trays.key(item, people[name], reads)
        if trays.fresh(item).state == "differing":
            counts["keys 3"] += len(keying.blanks(item, keying.THIRD))
            trays.key(item, people["dee"], truth)
        assert trays.fresh(item).state in {"filed", "awaiting_sender"}
        final = keying.answers(item)
        counts["fields"] += len(whole)
        counts["wrong once"] += len(errs)
        counts["left"] += sum(differ(b.kind, final[b.name].read, truth[b.name]) for b in whole)
    alone, left = counts["wrong once"] / counts["fields"], counts["left"] / counts["fields"]
    spent = (counts["keys 2"] + counts["keys 3"]) / counts["keys 1"]
    known = measures.total(today(), select(Account.id))
    assert known.residual is not None and known.rate is not None
    print(
        f"{LETTERS} letters, {counts['fields']} fields: keyed once {alone:.2%} wrong; after checks {left:.2%} left, "
        f"said to be {known.residual[0]:.2%} ({known.residual[1]:.2%} to {known.residual[2]:.2%}); "
        f"{spent:.0%} more keystrokes"
    )
    assert alone > 0.02 and spent < 1
    assert left < alone / 3
    assert left < 0.012
    # What the page says of what sampling leaves, and what was left where both erred alike (which nobody can see).
    assert known.residual[1] <= left and left - alone * SAME_MISTAKE * 2 <= known.residual[2]
    rates = {figure.name: figure for figure in measures.clerks(today(), select(Account.id))}
    for name, rate in RATES.items():
        low, high = rates[name.title()].range
        assert low * 0.8 <= rate <= high * 1.2, (name, low, high)
