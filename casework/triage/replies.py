"""What goes to the people of a case and what comes back: replies, questions, answers that came by telephone.

A reply is seen before it goes, by whoever writes it and by whoever else is writing; and it never goes past something
that its writer has not seen.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from casework.accounts import door
from casework.accounts.door import current
from casework.cases import clashes, desk, preview
from casework.cases import page as case_page
from casework.cases import service as cases
from casework.cases.models import Case
from casework.clocks.words import long_date
from casework.complaints.models import Complaint
from casework.exchanges import canned
from casework.exchanges import queries as exchanges
from casework.exchanges import service as talk
from casework.exchanges.models import CannedText, Unsent
from casework.extensions import db
from casework.feedback.models import Feedback
from casework.forms.text import lines
from casework.history.models import Event
from casework.moments import now
from casework.outbox.preview import Seen
from casework.triage import facts, queries, service
from casework.triage.blueprint import DESK, back, bp, case_of, feedback_of, home, lock, scope
from casework.triage.forms import AnswerForm, AskForm, ReplyForm
from casework.workflow import Refused

for _action in ("reply", "reply_and_close"):
    desk.page("feedback", _action, "triage.reply")
for _action in ("ask", "answer"):
    desk.page("feedback", _action, f"triage.{_action}")

# What the buttons of the reply page do: the action of the table, or "write" where nothing changes.
_SENDS = {"close": "reply_and_close", "next": "reply_and_close", "open": "reply", "write": "write"}


@dataclass
class Draft:
    """A reply in the making, with all that its page shows."""

    case: Feedback | Complaint
    form: ReplyForm
    refused: dict[str, str]
    texts: list[CannedText]
    others: list[tuple[Unsent, str]]
    said: list[queries.Said]
    seen: list[Seen] | None = None
    warnings: list[str] = field(default_factory=list)

    def render(self) -> str:
        """The page."""
        return render_template(
            "triage/reply.html",
            draft=self,
            case=self.case,
            form=self.form,
            encounter=self.case.encounter,
            places=canned.PLACES,
        )


@bp.route("/cases/<reference>/reply", methods=["GET", "POST"])
@door.staff(*DESK)
def reply(reference: str) -> ResponseReturnValue:
    """Write to the people of a case: begin with a text, see it as they will, send it, go on to the next case."""
    draft = _draft(case_of(reference))
    form, then = draft.form, request.form.get("then", "")
    if request.method == "GET":
        return draft.render()
    if then == "fill":
        return _begin_with(draft)
    if then == "keep":
        return _keep(draft)
    if not form.validate() or not _complete(form):
        return draft.render(), 400
    # Nothing is sent but by a button that says so.
    return _send(draft, then) if then in _SENDS else _preview(draft)


@bp.post("/cases/<reference>/unsent")
@door.staff(*DESK)
def unsent(reference: str) -> ResponseReturnValue:
    """Keep what is being written, for whoever writes it and for colleagues to see. Asked by script."""
    case = case_of(reference)
    talk.keep_unsent(case.id, current.account.id, _typed())
    db.session.commit()
    return "", 204


@bp.post("/cases/<reference>/here")
@door.staff(*DESK)
def here(reference: str) -> ResponseReturnValue:
    """Note that somebody still has a case open; who else has, and who has begun a reply. Asked by script."""
    case = case_of(reference)
    talk.be_present(case.id, current.account.id)
    db.session.commit()
    return jsonify(
        others=exchanges.others_present(case.id, current.account.id),
        writing=[name for _, name in exchanges.others_replies(case.id, current.account.id)],
    )


@bp.post("/cases/<reference>/read")
@door.staff(*DESK)
def read(reference: str) -> ResponseReturnValue:
    """Note that what the person wrote was read, where no reply is wanted."""
    case = case_of(reference)
    on = back(case, "talk")
    try:
        service.apart(case, current.actor)
    except Refused as no:
        flash(no.sentence)
        return on()
    for case_id in queries.story(case):
        talk.mark_seen(case_id, current.actor)
    db.session.commit()
    return on()


@bp.route("/feedback/<reference>/ask", methods=["GET", "POST"])
@door.staff(*DESK)
def ask(reference: str) -> ResponseReturnValue:
    """Ask the person a question. The answer comes back on the case."""
    return _say(feedback_of(reference), "ask", AskForm, "The question is on its way.")


@bp.route("/feedback/<reference>/answer", methods=["GET", "POST"])
@door.staff(*DESK)
def answer(reference: str) -> ResponseReturnValue:
    """Record the answer that came by telephone or post."""
    return _say(feedback_of(reference), "answer", AnswerForm, "The answer is recorded.")


def _say(feedback: Feedback, action: str, kind: type[AskForm | AnswerForm], done: str) -> ResponseReturnValue:
    form = kind(version=feedback.version)
    said = queries.conversation(feedback, queries.story(feedback))
    page = clashes.Sheet(f"triage/{action}.html", form, case=feedback, said=said)
    if not form.validate_on_submit():
        return page.shown()
    words = str(form.words.data)
    try:
        _as_shown(lock(feedback), form.version.data, words)
        cases.perform(feedback, action, current.actor, private={"words": words})
        service.claim_if_free(feedback, current.actor)
    except clashes.STOPS as stop:
        return page.stopped(stop, feedback, "", back(feedback))
    db.session.commit()
    flash(done)
    return back(feedback)()


def _draft(case: Feedback | Complaint) -> Draft:
    """The reply page as it is now: with what this person began before, if nothing was sent."""
    mine = exchanges.unsent(case.id, current.account.id)
    others = exchanges.others_replies(case.id, current.account.id)
    ids = queries.story(case)
    form = ReplyForm(
        version=case.version,
        words=mine.words if mine else "",
        seen=str(queries.last_from_people(ids)),
        others=",".join(str(each.account_id) for each, _ in others),
    )
    texts = exchanges.canned_texts(case.sort) if isinstance(case, Feedback) else exchanges.canned_texts()
    form.canned.choices = [(text.key, text.title) for text in texts]
    said = queries.conversation(case, ids)
    return Draft(case, form, _refusals(case), texts, others, said)


def _refusals(case: Feedback | Complaint) -> dict[str, str]:
    """What of sending is open in this state: the sentence where it is refused now, empty where it is not."""
    if isinstance(case, Complaint):
        return {"write": ""}
    offers = {offer.row.action: offer.refused for offer in cases.open_to(case, current.actor)}
    sends: tuple[str, ...] = ("reply_and_close", "reply")
    found = {action: offers[action] for action in sends if action in offers}
    return found or {"write": ""}


def _first(draft: Draft) -> str:
    """What the first of the buttons that are shown does: that is what a look ahead shows."""
    if draft.refused.get("reply_and_close") == "":
        return "next"
    return "open" if "reply" in draft.refused else "write"


def _typed() -> str:
    """What stands in the box, whatever it is, without what no text can hold."""
    return lines(request.form.get("words", "").replace("\x00", ""))[: talk.LONGEST]


def _begin_with(draft: Draft) -> ResponseReturnValue:
    """The page again, with the chosen text below what was typed; its places filled in."""
    chosen = next((text for text in draft.texts if text.key == request.form.get("canned")), None)
    if chosen is None:
        draft.form.canned.errors = ["Choose a text"]
        return draft.render(), 400
    filled = canned.fill(chosen.words, _facts(draft.case))
    typed = _typed()
    draft.form.words.raw_data = [f"{typed}\n\n{filled}" if typed else filled]
    return draft.render()


def _facts(case: Feedback | Complaint) -> dict[str, str]:
    """What stands in the places of a text; nothing where we do not know it."""
    until = facts.search_record_until(case.encounter)
    return {
        "name": case.applicant.name if case.applicant else "",
        "reference": case.reference,
        "received_on": long_date(case.received_on),
        "handler": current.account.name,
        "search_record_until": long_date(until) if until and until >= now().date() else "",
    }


def _keep(draft: Draft) -> ResponseReturnValue:
    talk.keep_unsent(draft.case.id, current.account.id, _typed())
    db.session.commit()
    flash("Kept. It is not sent. Colleagues who open this case see it.")
    return back(draft.case)()


def _complete(form: ReplyForm) -> bool:
    """Whether nothing is left in the text that somebody has to fill in first."""
    missing = canned.left_open(str(form.words.data))
    if missing:
        form.words.fail(f"Fill in or take out {missing[0]}")
    return not missing


def _preview(draft: Draft) -> ResponseReturnValue:
    """The page again, with what each person would get. What was typed is kept on the way."""
    case, words = draft.case, str(draft.form.words.data)
    reference, action = case.reference, _SENDS[_first(draft)]
    talk.keep_unsent(case.id, current.account.id, words)
    db.session.commit()
    seen, problem = [], ""
    try:
        seen = preview.of(lambda: _perform(action, lock(case), words, ""))
    except Refused as no:
        problem = no.sentence
    again = _draft(case_of(reference))
    again.seen = seen
    if problem:
        again.form.form_errors.append(problem)
    return again.render(), 409 if problem else 200


def _send(draft: Draft, then: str) -> ResponseReturnValue:
    case, form = draft.case, draft.form
    words, action = str(form.words.data), _SENDS[then]
    try:
        _as_shown(lock(case), form.version.data, words)
        _nothing_unseen(draft)
        _perform(action, case, words, form.canned.data or "")
        if action != "reply_and_close":
            service.claim_if_free(case, current.actor)
    except clashes.DoneAlready:
        db.session.rollback()
        return back(case)()
    except (Refused, clashes.Clash) as stop:
        return _stopped(draft, stop, words)
    db.session.commit()
    flash(f"{case.reference}: sent." if action == "write" else case_page.done_words(case, action))
    return take_next(case.id) if then == "next" else back(case)()


def _perform(action: str, case: Case, words: str, text: str) -> Event:
    if action == "write":
        return service.write(case, words, current.actor, text)
    return cases.perform(case, action, current.actor, private={"words": words}, canned=text)


def _as_shown(case: Case, version: str | None, words: str) -> None:
    """Raise `DoneAlready` where the very same words have just gone out, `Refused` where a case is not as it was shown.

    The same action of the same person may be another reply, from another tab: then it is not done, and not lost.
    """
    if version == str(case.version):
        return
    last = queries.last_of_mine(case.id, current.account.id)
    if last is not None and last.words == words.strip():
        raise clashes.DoneAlready
    raise Refused(clashes.sentence(case))


def _nothing_unseen(draft: Draft) -> None:
    """Raise `Refused` where the person wrote, or a colleague began a reply, that this page had not shown."""
    shown = {part for part in (draft.form.others.data or "").split(",") if part}
    fresh = [name for each, name in draft.others if str(each.account_id) not in shown]
    if fresh:
        raise Refused(f"{fresh[0]} has begun a reply too. Read it on this page, then send yours if it is still right.")
    newest = queries.last_from_people(queries.story(draft.case))
    if str(newest) != (draft.form.seen.data or ""):
        raise Refused("They have written again just now. Read it on this page, then send yours if it is still right.")


def _stopped(draft: Draft, stop: Exception, words: str) -> ResponseReturnValue:
    """The page as it is now, with the sentence. What was typed is in its box, and kept."""
    db.session.rollback()
    case = case_of(draft.case.reference)
    sentence = stop.sentence if isinstance(stop, Refused) else clashes.sentence(case)
    talk.keep_unsent(case.id, current.account.id, words)
    db.session.commit()
    again = _draft(case_of(case.reference))
    # Whoever has read the sentence may send it as it stands: the page shows everything now.
    again.form.version.raw_data = [str(again.case.version)]
    again.form.seen.raw_data = [str(queries.last_from_people(queries.story(again.case)))]
    again.form.others.raw_data = [",".join(str(each.account_id) for each, _ in again.others)]
    again.form.form_errors.append(sentence)
    return again.render(), 409


@bp.post("/next")
@door.staff(*DESK)
def next_item() -> ResponseReturnValue:
    """Claim the most urgent case that this person may take, and open it."""
    leave = request.form.get("from", "")
    return take_next(int(leave) if leave.isdecimal() and len(leave) < 18 else None)


def take_next(leave: int | None = None) -> ResponseReturnValue:
    """Go to the next case, if there is one; else to the queue."""
    found = service.take_next(scope(), current.actor, leave)
    db.session.commit()
    if found is None:
        flash("There is nothing left to take in your areas.")
        return redirect(url_for("cases.queue"), 303)
    return redirect(home(found), 303)
