"""What of print runs goes when: the PDF some days after the run is over, the words of a letter with its case."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import select, update

from casework.cases.erasure import erases
from casework.cases.models import Case
from casework.clocks import london
from casework.database import rows
from casework.deletion import deletes
from casework.exchanges import store
from casework.extensions import db
from casework.outbox.models import FormatTask, Owed
from casework.owed.models import Run, RunLetter
from casework.owed.workflow import LIVE
from casework.settings import service as settings


@store.keeps
def used(names: Iterable[str]) -> set[str]:
    """Which of these names in the store are the PDF of a print run."""
    return set(db.session.scalars(select(Run.stored).where(Run.stored.in_(list(names)))))


@erases
def words(case_ids: Sequence[int]) -> None:
    """What a letter of an erased case says goes from runs that are not posted yet. The run's PDF goes on its day."""
    mine = select(Owed.id).join(Case, Case.stream_id == Owed.stream_id).where(Case.id.in_(case_ids))
    gone = {"subject_sealed": None, "body_sealed": None}
    db.session.execute(update(RunLetter).where(RunLetter.owed_id.in_(mine)).values(**gone))
    db.session.execute(update(FormatTask).where(FormatTask.owed_id.in_(mine)).values(how=""))


@deletes("print runs as files")
def files(today: date) -> int:
    """The PDF of a run that is over, after its days: the sweep of the store forgets what no run names. Rows stay."""
    before = london.start_of_day(settings.first_within("letter.run.keep", today))
    old = Run.stored != "", Run.state.not_in(LIVE), Run.state_since < before
    gone = db.session.execute(update(Run).where(*old).values(stored=""))
    return rows(gone)
