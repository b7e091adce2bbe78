"""The end of a round of keying; once a letter is verified, its facts go into the case. Never commits."""

from __future__ import annotations

from casework.cases import desk
from casework.cases import service as cases
from casework.cases.models import Case
from casework.post import completing, effects, exceptions, facts, keying
from casework.post.models import Item, Keying
from casework.post.workflow import OPENS
from casework.roles import SYSTEM, Actor
from casework.settings import service as settings
from casework.workflow import Refused

desk.say(**{f"{kind}__key_open": "what was keyed is open in part" for kind in OPENS})


def end(item: Item, mine: Keying, actor: Actor, *, rest_missing: bool = False) -> Case | None:
    """End a round. Where the letter is verified by that, its case takes the facts and is returned.

    Hold the case, then the item. Raises `Refused` as `keying.finish` does.
    """
    return take_over(item, actor) if keying.finish(item, mine, actor, rest_missing=rest_missing) else None


def take_over(item: Item, actor: Actor) -> Case:
    """Put what was keyed into the case. What stays open is named there, and asked for where the form needs it."""
    keyed = facts.of(item)
    case = completing.fill(item, keyed.facts, actor)
    alone = bool(settings.value("post.single_clerk"))
    if keyed.open or alone:
        cases.record(case, "key_open", SYSTEM, item=item.id, open=keyed.open, alone=alone)
    if not (keyed.wanted and _asked(item, keyed.wanted)):
        completing.file(item, SYSTEM)
    return case


def _asked(item: Item, wanted: tuple[str, ...]) -> bool:
    """Whether the sender could be asked: of somebody who gave no address nothing is."""
    try:
        exceptions.ask_sender(item, wanted, SYSTEM)
    except Refused:
        return False
    return effects.case_of(item) is not None
