"""Every setting that a force may change: its default, its source, whether that is confirmed. Pure; makes `docs/rules.md`.

`[P]` is a proposal, `[K]` general knowledge that nobody has confirmed: neither is ever shown to the public as law.
"""

from __future__ import annotations

from casework.settings.declared_complaints import COMPLAINT_SETTINGS
from casework.settings.declared_letters import LETTER_SETTINGS
from casework.settings.declared_post import POST_SETTINGS
from casework.settings.declared_releases import RELEASE_SETTINGS
from casework.settings.shape import Declared

_P = "proposal [P]"

SETTINGS: tuple[Declared, ...] = (
    # fmt: off
    Declared("ride.triage", "5 working days", "A coordinator looks at a new application", _P + ", domain A1"),
    Declared(
        "ride.answer",
        "28 days",
        "The applicant answers a question or gives the next part; then it expires",
        _P + ", domain A1",
    ),
    Declared("ride.answer.reminder", "14 days", "A reminder that an answer is wanted", _P + ", domain A1"),
    Declared("ride.checks", "40 working days", "The checks are finished (Kent: up to 8 weeks)", "S16, domain A1"),
    Declared("ride.checks.delay", "20 working days", "The applicant is told that the checks take longer", _P),
    Declared("ride.decision", "5 working days", "The decision after the checks", _P + ", domain A1"),
    Declared(
        "ride.place",
        "3 months",
        "An approved applicant is offered a place, or asked whether still interested",
        _P + ", domain A1",
    ),
    Declared("ride.offer", "7 days", "How long an offered place is held", _P + ", domain A1, A3"),
    Declared("ride.offer.reminder", "5 days", "A reminder that an offer is about to lapse", _P),
    Declared(
        "ride.offers.lapsed",
        2,
        "How many offers may lapse before the application expires",
        _P + ", domain A1",
        kind="number",
    ),
    Declared("ride.close", "28 days", "A ride without feedback is closed", _P + ", domain A1"),
    Declared("ride.feedback.again", "24 hours", "The rider is asked again after the ride", "S11 (Cheshire)", True),
    Declared(
        "ride.reconsider",
        "28 days",
        "How long a refused applicant may ask for one reconsideration",
        _P + ", domain 1.6",
    ),
    Declared("ride.reconsideration", "20 working days", "The decision on a reconsideration", _P + ", domain A1"),
    Declared(
        "ride.reapply.vetting",
        "12 months",
        "When to apply again after a refusal that followed the checks",
        _P + ", domain 1.6",
    ),
    Declared(
        "ride.reapply.other",
        "0 days",
        "When to apply again after a refusal for paperwork or capacity",
        _P + ", domain 1.6",
    ),
    Declared(
        "ride.frequency",
        "12 months",
        "One ride in this period, counted from the day of the last one",
        "S32 (Escondido), S13 a calendar year",
    ),
    Declared("ride.notice", "5 working days", "The least notice for a booking", _P + ", domain A3"),
    Declared(
        "ride.cap",
        8,
        "The most rides in one BCU in one month",
        _P + "; Kent: one a division and month (S16)",
        kind="number",
    ),
    Declared("ride.age", 18, "The least age to apply", "S3 (Met), S10, S18, S21", True, "number"),
    Declared(
        "ride.offers.per_place", 1, "How many people may hold an offer of the same place at once", _P, kind="number"
    ),
    Declared(
        "ride.cancel.urgent",
        "72 hours",
        "A cancellation by police this near to the ride is telephoned as well",
        "issue; domain 1.8",
    ),
    Declared("ride.call.tries", 3, "Tries at telephoning, at different times", _P, kind="number"),
    Declared("ride.no_show.limit", 2, "Missed rides before a pause", _P + ", domain 1.8", kind="number"),
    Declared("ride.no_show.pause", "12 months", "The pause after that many missed rides", _P + ", domain 1.8"),
    Declared("ride.night.from", "20:00", "A shift that ends after this hour is not daytime", _P, kind="text"),
    Declared("ride.order", "check-first", "Whether checks come before the offer or after it", _P, kind="text"),
    Declared(
        "ride.residence",
        "live-work-study",
        "Who may apply: people who live, work or study in the area",
        "S10, S13, S112",
        kind="text",
    ),
    Declared(
        "ride.teams",
        ["response", "neighbourhood", "roads", "support"],
        "Teams that take riders",
        "S4 (Met)",
        kind="list",
    ),
    Declared(
        "vetting.kinds",
        ["local", "pnc", "pnd", "conflict"],
        "Checks made on every applicant",
        "S13, S14, S16, S156",
        kind="list",
    ),
    Declared("vetting.start", "10 working days", "A check is begun", _P + ", domain A2"),
    Declared("vetting.check", "20 working days", "A check is finished", _P + ", domain A2"),
    Declared("vetting.info", "14 days", "The applicant answers a question of the vetting unit", _P + ", domain A2"),
    Declared("vetting.info.lapse", "28 days", "Without an answer the check cannot be completed", _P),
    Declared("vetting.adverse", "10 working days", "A second person decides an adverse result", _P + ", domain A2"),
    Declared("vetting.valid", "6 months", "How long a clearance holds", _P + ", domain 1.6"),
    Declared("slot.publish", "10 working days", "A planned place is published", _P),
    Declared("slot.fill", "28 days", "A published place is offered to somebody", _P),
    Declared("booking.ride", "3 months", "A booked ride takes place", _P),
    Declared(
        "contact.objection",
        "7 days",
        "The old address may object to a change of contact details",
        "issue 2, section 3",
        kind="period",
    ),
    Declared(
        "numbers.threshold", 5, "Published counts from 1 to below this are withheld", _P + ", domain 3.6", kind="number"
    ),
    Declared("numbers.median", 10, "The fewest people for a published median", _P + ", domain 3.6", kind="number"),
    Declared(
        "numbers.base",
        20,
        "Shares and rates of fewer than these are marked as unreliable",
        _P + ", domain 3.6",
        kind="number",
    ),
    Declared("draft.keep", "28 days", "A draft that was not sent", _P + ", domain 5.5"),
    Declared(
        "draft.after_pause",
        "24 hours",
        "A draft begun while the scheme was open may still be sent",
        "issue 2, section 3",
    ),
    Declared("keep.health", "30 days", "Health and adjustments after the ride", _P + ", domain 5.5"),
    Declared(
        "keep.emergency",
        "7 days",
        "The emergency contact after the ride, unless there was an incident",
        _P + ", domain 5.5",
    ),
    Declared("keep.vetting", "6 months", "Vetting detail after the decision", _P + ", domain 5.5"),
    Declared("keep.sent", "24 months", "What was sent, as it was rendered", _P),
    Declared("keep.sessions", "28 days", "Sessions without a draft or a person", _P),
    Declared(
        "mail.rate",
        0,
        "The most messages that go to the mail relay in a second, over all workers; 0 sets no limit",
        "deployment",
        kind="number",
    ),
    Declared("contact.post", "PO Box 1, Casework House", "Where to write", "deployment", kind="text"),
    Declared(
        "contact.phone",
        "020 7946 0000",
        "Where to telephone (a number reserved for drama by Ofcom)",
        "deployment",
        kind="text",
    ),
    Declared("contact.email", "contact@casework.example", "Where to e-mail", "deployment", kind="text"),
    # fmt: on
    *COMPLAINT_SETTINGS,
    *POST_SETTINGS,
    *RELEASE_SETTINGS,
    *LETTER_SETTINGS,
)

BY_KEY = {declared.key: declared for declared in SETTINGS}
PERIODS = frozenset(d.key for d in SETTINGS if d.kind == "period")
