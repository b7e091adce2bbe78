"""What is done with a print run, in the words of those who print and post. Never commits.

Only a letter that a clerk says was posted is told; until then it waits, in one live run at the most.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select, text

from casework import emails, letters
from casework.cases import service as cases
from casework.cases.models import Case
from casework.exchanges import store
from casework.extensions import db
from casework.history import service as history
from casework.history.models import Event
from casework.moments import now, today
from casework.outbox.jobs import job
from casework.outbox.messages import MESSAGES
from casework.outbox.models import Owed
from casework.owed import effects, queries, service
from casework.owed.models import Run, RunLetter
from casework.owed.workflow import RunState
from casework.parties import needs
from casework.printing.document import Document, together
from casework.roles import SYSTEM, Actor
from casework.workflow import Refused


def make(chosen: Sequence[int], actor: Actor) -> Run:
    """Make a run of these letters, for today. `Refused` where all of them are closed or in another run by now."""
    assert actor.account_id is not None
    # Who comes second sees what the first has taken; the index is what makes it true.
    db.session.execute(text("select pg_advisory_xact_lock(hashtextextended('casework:letter-runs', 0))"))
    taken = select(RunLetter.owed_id).where(RunLetter.owed_id.in_(chosen), RunLetter.live)
    free = (
        select(Owed.id)
        .join(Case, Case.stream_id == Owed.stream_id)
        .where(Owed.id.in_(chosen), Owed.channel == "letter", Owed.closed_at.is_(None))
        .where(Owed.id.not_in(taken), ~queries.came_back())
    )
    found = set(db.session.scalars(free))
    if not found:
        raise Refused("All of these letters are in a run already, or posted.")
    stream = history.open_stream("run")
    run = Run(stream_id=stream.id, day=today(), made_by=actor.account_id, made_at=now())
    cases.perform(run, "make", actor, day=run.day, letters=len(found))
    ordered = [each for each in dict.fromkeys(chosen) if each in found]
    db.session.add_all(RunLetter(run_id=run.id, owed_id=each, place=n) for n, each in enumerate(ordered, 1))
    db.session.flush()
    return run


@job("render_run")
def render(event_id: int) -> None:
    """Render the letters of the run that an event made, for its day, into one PDF with its manifest in front.

    What nobody wants any more is dropped, as an e-mail would be. Done again after a crash it begins afresh.
    """
    event = db.session.get_one(Event, event_id)
    run = cases.lock(Run, event.subject_id or 0)
    if run is None or run.state != RunState.GATHERING or run.day != date.fromisoformat(event.facts["day"]):
        return
    rows = sorted(_rows(run, with_cases=False), key=lambda each: each[0].place)
    service.prepare([owed for _, owed, _ in rows], run.day)
    causes = queries.causes([owed.id for _, owed, _ in rows])
    kept = emails.preload([owed.id for _, owed, _ in rows], [cause.id for cause in causes.values()])
    lines: list[letters.Line] = []
    pages: list[Document] = []
    for place, owed, case in rows:
        if owed.closed_at is not None:
            place.live, place.why = False, "closed meanwhile"
            continue
        try:
            letter = letters.write(owed, run.day, causes[owed.id])
        except (emails.NotWanted, emails.CannotReach) as why:
            place.live, place.why = False, str(why)
            service.drop(owed, case, str(why), SYSTEM)
            continue
        if letter.paper.party.post_returned_at is not None:
            place.live, place.why = False, "post to them came back"
            continue
        made = letter.document()
        place.pages, place.subject, place.body = made.pages, letter.paper.subject, letter.paper.text
        place.place = len(lines) + 1
        words = MESSAGES[owed.name].words if owed.name in MESSAGES else owed.name
        notes = [each for each in needs.in_words(letter.paper.party) if not each.startswith("When:")]
        lines.append(letters.Line(place.place, case.reference, words, made.pages, "; ".join(notes)))
        pages.append(made)
    kept.clear()
    db.session.flush()
    if not pages:
        cases.perform(run, "empty", SYSTEM)
        return
    front = letters.manifest(run.id, run.day, lines)
    run.stored = store.put(io.BytesIO(together([front, *pages])))
    run.prints, run.counted = 0, None
    cases.perform(run, "render", SYSTEM, letters=len(lines), day=run.day)


def print_out(run: Run, actor: Actor) -> None:
    """Note that a run is printed: the first time as it is, then as copies. Each letter's case says which."""
    again = run.prints > 0
    cases.perform(run, "print_again" if again else "print", actor, day=run.day)
    run.prints += 1
    for _, owed, case in _rows(run):
        owed.prints = run.prints
        cases.record(case, "reprint" if again else "print", actor, owed=owed.id, name=owed.name, run=run.id, on=run.day)


def count(run: Run, envelopes: int, actor: Actor) -> bool:
    """Note how many envelopes a clerk counted. Returns whether that is right; if not, the run is blocked."""
    cases.perform(run, "count", actor, envelopes=envelopes, letters=effects.count(run.id))
    run.counted = envelopes
    return run.state == RunState.COUNTED


def explain(run: Run, note: str, actor: Actor) -> None:
    """Let a run with a wrong count go on, with the reason, which stays in its history."""
    cases.perform(run, "explain", actor, note, envelopes=run.counted)


def take_out(run: Run, owed_id: int, actor: Actor) -> None:
    """Take a letter out of a printed run (spoilt, no longer wanted): it waits for the next one."""
    place = next((place for place, owed, _ in _rows(run) if owed.id == owed_id), None)
    if place is None:
        raise Refused("This letter is not in the run any more.")
    place.live, place.why, place.subject, place.body = False, "taken out", None, None
    run.counted = None
    cases.perform(run, "take_out", actor, letter=owed_id)


def renew(run: Run, actor: Actor) -> None:
    """Render the letters again for today: a letter bears the day on which it is posted, and its dates move with it."""
    cases.perform(run, "renew", actor, day=today(), was=run.day)
    run.day, run.stored, run.counted = today(), "", None


def post(run: Run, on: date, post_class: str, actor: Actor) -> int:
    """Note that all letters of a run were posted on the day that they bear. Only this tells anybody anything."""
    rows = _rows(run)
    said = {owed.id: (place.subject or "", place.body or "") for place, owed, _ in rows}
    service.hold([owed for _, owed, _ in rows])
    cases.perform(run, "post", actor, on=on, post_class=post_class, letters=len(rows))
    run.post_class = post_class
    for _, owed, case in rows:
        if owed.closed_at is None:
            service.post(owed, case, on, post_class, actor, said[owed.id], run=run.id)
    return len(rows)


def abandon(run: Run, actor: Actor) -> None:
    """Give a run up: its letters wait for the next one."""
    cases.perform(run, "abandon", actor)


def _rows(run: Run, with_cases: bool = True) -> list[tuple[RunLetter, Owed, Case]]:
    """The letters of a run with their cases, locked in the order in which everybody locks them."""
    wanted = (
        select(RunLetter, Owed, Case)
        .join(Owed, Owed.id == RunLetter.owed_id)
        .join(Case, Case.stream_id == Owed.stream_id)
        .where(RunLetter.run_id == run.id, RunLetter.live)
        .order_by(Case.id, Owed.id)
        .with_for_update(of=[Case, Owed] if with_cases else Owed)
    )
    found = db.session.execute(wanted.execution_options(populate_existing=True))
    return [(row[0], row[1], row[2]) for row in found]
