"""Parts of the case page that feedback and complaints share: who is there, what was said, files, footage, links."""

from __future__ import annotations

from typing import Any

from casework.accounts import queries as accounts
from casework.accounts.door import current
from casework.cases import desk, registry
from casework.cases.models import Case
from casework.exchanges import queries as exchanges
from casework.exchanges import service as talk
from casework.feedback import queries as feedback
from casework.moments import today
from casework.triage import facts, queries
from casework.triage.blueprint import scope

__all__ = ["facts"]
KINDS = ("feedback", "complaint")
LINKS = {
    "became": "Became the other",
    "linked": "Linked",
    "split": "Split off",
    "merged": "Merged",
}
FOOTAGE = {"saved": "It is saved", "none": "There was none", "gone": "It was overwritten"}


@desk.on_open
def be_present(case: Case, account_id: int) -> None:
    """Whoever opens a case is there."""
    if case.kind in KINDS:
        talk.be_present(case.id, account_id)


@desk.part("triage/_there.html", *KINDS, top=True)
def there(case: Case) -> dict[str, Any]:
    """Who else has the case open, and who has begun a reply."""
    now = exchanges.desk(case.id, current.account.id)
    return {**now._asdict(), "next": True, "works": current.role in registry.of(case).workers}


@desk.part("triage/_talk.html", *KINDS)
def conversation(case: Case) -> dict[str, Any]:
    """What both sides wrote, newest first, and the files that came with the form."""
    ids = queries.story(case)
    files = exchanges.attachments(ids)
    said = queries.conversation(case, ids, files)
    return {
        "said": said,
        "new": sum(each.new for each in said),
        "files": queries.loose_files(case, files),
        "works": current.role in registry.of(case).workers,
    }


@desk.part("triage/_footage.html", *KINDS)
def footage(case: Case) -> dict[str, Any]:
    """What is owed and known of the footage."""
    kept = feedback.preservation(case.id)
    if kept is None:
        return {}
    by = accounts.names_of([kept.asked_by]).get(kept.asked_by, "") if kept.asked_by else ""
    left = (kept.last_on - today()).days
    return {
        "kept": kept,
        "by": by,
        "left": left,
        "results": FOOTAGE,
        "works": current.role in registry.of(case).workers,
    }


@desk.part("triage/_tries.html", *KINDS)
def tries(case: Case) -> dict[str, Any]:
    """Tries at reaching the person."""
    made = queries.tries(case.id)
    return {"made": made, "counted": queries.counted([each for each, _ in made])} if made else {}


@desk.part("triage/_links.html", *KINDS)
def links(case: Case) -> dict[str, Any]:
    """Cases that belong with this one. Of those out of sight only the reference is shown."""
    found = [row for row in feedback.links(case.id) if row[1].id not in scope().hidden]
    if not found:
        return {}
    workflows = {kind.workflow.name: kind.workflow for kind in registry.everything()}
    seen = queries.in_sight(scope(), [other.id for _, other in found])
    return {"links": found, "words": LINKS, "workflows": workflows, "seen": seen}
