"""Settings of feedback and complaints. Pure; read through `casework.settings.declared`."""

from __future__ import annotations

from casework.settings.shape import Declared

_P = "proposal [P]"

COMPLAINT_SETTINGS: tuple[Declared, ...] = (
    # fmt: off
    Declared("feedback.triage", "2 working days", "Feedback is read and sorted", _P + ", domain A4"),
    Declared("feedback.reply", "10 working days", "Feedback is answered", _P + ", domain A4"),
    Declared("feedback.answer", "14 days", "Somebody answers a question on feedback; then we go on without", _P),
    Declared("feedback.answer.reminder", "7 days", "A reminder that an answer on feedback is wanted", _P),
    Declared(
        "feedback.offer",
        "14 days",
        "Somebody says whether they want a complaint; silence is no consent",
        _P + ", domain A4",
    ),
    Declared("feedback.offer.reminder", "7 days", "A reminder of the offer of the complaint route", _P),
    Declared("footage.keep", "31 days", "Body-worn footage is overwritten after this", "S128: about 30 or 31 days"),
    Declared(
        "complaint.preserve", "1 working day", "Those who hold footage are asked to keep it", _P + "; PRA Sch 3 para 1"
    ),
    Declared("complaint.log", "2 working days", "A complaint is logged", _P + ", domain A5"),
    Declared("complaint.acknowledge", "2 working days", "A complaint is acknowledged", _P + ", domain 2.3"),
    Declared("complaint.contact", "5 working days", "After logging, the person is contacted", _P + ", domain A5"),
    Declared(
        "complaint.first_contact", "5 working days", "The first contact, from the day of receipt", _P + ", domain 2.3"
    ),
    Declared(
        "complaint.decide",
        "10 working days",
        "After the first contact, the way of handling is decided",
        _P + ", domain A5",
    ),
    Declared(
        "complaint.outside", "10 working days", "A complaint outside Schedule 3 is dealt with", _P + ", domain 2.8"
    ),
    Declared("complaint.allocate", "2 working days", "A recorded complaint is allocated or referred", _P),
    Declared(
        "complaint.referral",
        "1 day",
        "A referral to the IOPC, by the end of the day after the criteria are met",
        "uksi/2004/643 reg 5; SI 2020/2 reg 4, calendar day [K]",
    ),
    Declared("complaint.referral.answer", "10 working days", "We ask the IOPC where a referral stands", _P),
    Declared("complaint.handling", "40 working days", "A complaint is handled without an investigation", _P),
    Declared(
        "complaint.investigation",
        "120 working days",
        "An investigation is finished (national average 159)",
        _P + ", domain 2.9",
    ),
    Declared(
        "complaint.progress",
        "4 weeks",
        "The person is told about progress, and again after each update",
        "SI 2020/2 reg 34(2)(a) (S50)",
        True,
    ),
    Declared(
        "complaint.outcome", "5 working days", "The person is told the outcome", "SI 2020/2 reg 34(2)(b) (S50)", True
    ),
    Declared(
        "complaint.report",
        "12 months",
        "A report to the local policing body and the IOPC on an investigation that takes so long",
        "SI 2020/2 reg 13 (S53)",
        True,
    ),
    Declared("complaint.report.again", "6 months", "That report again", "SI 2020/2 reg 13 (S53)", True),
    Declared("complaint.suspension.review", "28 days", "A suspension is looked at again", _P + ", domain A5"),
    Declared("complaint.approve", "3 working days", "A drafted outcome is approved or sent back", _P),
    Declared("complaint.send", "1 working day", "An approved outcome is sent", _P),
    Declared(
        "complaint.review",
        "28 days",
        "An application for review, starting the day after the outcome was provided",
        "SI 2020/2 reg 29 (S51, S63)",
        True,
    ),
    Declared(
        "complaint.review.answer",
        "28 working days",
        "We ask the review body where a review stands",
        "S70 (Cleveland OPCC)",
    ),
    Declared("complaint.upheld", "10 working days", "We act on a review that was upheld", _P),
    Declared("complaint.withdrawal", "5 working days", "It is decided what a withdrawal means", _P),
    Declared(
        "delivery.letter",
        "2 working days",
        "When a first-class letter counts as delivered",
        "S144, Interpretation Act 1978 s.7",
        True,
    ),
    Declared("delivery.email", "0 days", "When an e-mail counts as delivered", _P),
    Declared(
        "complaint.escalate.before",
        "2 working days",
        "Supervisors are told of a duty that is due so soon",
        _P + ", domain A5",
    ),
    Declared(
        "complaint.escalate.after",
        "1 working day",
        "Supervisors are told again of a duty that is so late",
        _P + ", domain A5",
    ),
    Declared(
        "complaint.review.local",
        "the local policing body",
        "The review body where it is not the IOPC, as letters name it",
        "domain 2.6: MOPAC for the Met",
        kind="text",
    ),
    Declared(
        "complaint.delegation.written",
        False,
        "Referral, no case to answer, outcome and review need a written delegation; else the grant of a role stands for it",
        "domain 2.2 [K]",
        kind="flag",
    ),
    Declared(
        "complaint.hidden.team",
        True,
        "A complaint, and what belongs to it, is hidden also from the team of whoever it is about",
        "domain A5, (b) 5",
        kind="flag",
    ),
    Declared(
        "trigger.b1",
        1,
        "Every so many complaints of stop and search are pointed out (1: every one)",
        "S48, S30 (Cheshire, City of London)",
        kind="number",
    ),
    Declared(
        "trigger.searches",
        3,
        "Somebody searched so often in the period below may ask for a review",
        "S12 (BTP)",
        kind="number",
    ),
    Declared("trigger.searches.within", "6 months", "The period for that", "S12 (BTP)"),
    Declared(
        "search.record", "3 months", "How long a copy of the record of a search can be asked for", "S92, S93", True
    ),
    Declared(
        "search.record.arrested",
        "12 months",
        "The same where somebody was arrested and taken to a station",
        "S92, S93",
        True,
    ),
    Declared("keep.feedback", "24 months", "Feedback and thanks, from when they were closed", _P + ", domain 5.5"),
    Declared(
        "keep.complaint",
        "84 months",
        "A complaint, from when it was finalised or from the person's 18th birthday",
        _P + ", domain 5.5; S146",
    ),
    Declared(
        "exit.url",
        "https://www.bbc.co.uk/weather",
        "Where “Exit this page” leads: a harmless site, with https",
        "Design System pattern",
        kind="text",
    ),
    Declared("files.size", 10, "The largest file that may be sent, in megabytes", _P, kind="number"),
    Declared("files.video.size", 50, "The largest video that may be sent, in megabytes", _P, kind="number"),
    Declared("files.day", 50, "How much one sender may add within a day, in megabytes", _P, kind="number"),
    Declared("files.count", 5, "How many files may be sent at once", _P, kind="number"),
    Declared("bulk.alone", 20, "So many cases may be changed at once without a second person", _P, kind="number"),
    Declared(
        "bulk.alone.hours",
        24,
        "So many hours back count plans of one person with the same action towards that",
        _P,
        kind="number",
    ),
    Declared("bulk.wait", "1 hour", "How long a bulk action can still be stopped", _P),
    # fmt: on
)
