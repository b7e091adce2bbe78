"""The keying desk without script: everything typed is kept, and the second round knows nothing of the first."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from casework.accounts.models import Account
from casework.cases import service as cases
from casework.cases.models import Case
from casework.extensions import db
from casework.history.models import Access
from casework.moments import moved_to, now
from casework.post import finishing, keying, leases, sheets
from casework.post.comparing import Read
from casework.post.models import Item, Keying, Page
from casework.roles import Actor, Role
from tests import factories
from tests.browser import Browser
from tests.desks import at_the_desk, value_of
from tests.post import trays
from tests.post.trays import TRUTH
from tests.races.test_races import at_once
from tests.scenes import FORBIDDEN
from tests.test_hostile import FEW, MARK, PAYLOADS, check


@pytest.fixture
def people(app: Any, cast: Any, demo_mode: None) -> Any:
    """Three clerks, each in a browser of their own."""
    found = {}
    for name in ("ann", "bea", "cem"):
        trays.clerk(name)
        found[name] = Browser(app)
        found[name].sign_in(f"{name}@force.example")
    return found


def opener() -> Any:
    """Who opened the post."""
    return trays.clerk("opener")


def form_of(reads: dict[str, Any], kind: str = "feedback") -> dict[str, Any]:
    """The form of a sheet as a browser sends it."""
    sent: dict[str, Any] = {}
    for blank in sheets.sheet(kind):
        sent[f"{blank.id}-here"] = "1"
        read = reads.get(blank.name)
        if read is None:
            continue
        if read.mark:
            sent[f"{blank.id}-mark"] = str(read.mark)
        if blank.widget == "date":
            sent |= dict(zip(blank.inputs, read.texts, strict=False))
        elif read.texts:
            sent[blank.id] = list(read.texts)
    return sent


def take(browser: Browser, round: int) -> str:
    """Take the next letter; where it is."""
    browser.get("/staff/post/key")
    where = str(browser.post("/staff/post/key/next", {"round": str(round)}).headers["Location"])
    browser.get(where)
    return where


def save(browser: Browser, where: str, reads: dict[str, Any], do: str) -> Any:
    """Send the form of the page."""
    browser.get(where)
    return browser.follow(browser.post(where, form_of(reads) | {"token": value_of(browser, "token"), "do": do}))


def test_a_letter_goes_through_three_people(people: Any) -> None:
    item = trays.letter(opener())
    where = take(people["ann"], 1)
    assert where == f"/staff/post/key/{item.id}"
    assert db.session.query(Access).filter_by(what="post item", case_id=item.case_id).count() == 1
    save(people["ann"], where, trays.mistaken("you.name", "Sian O'Neal"), "rest")
    assert "Nothing more waits for its first keying" in people["ann"].text
    seen = []
    where = take(people["bea"], 2)
    seen.append(people["bea"].text)
    save(people["bea"], where, TRUTH, "keep")
    seen.append(people["bea"].text)
    save(people["bea"], where, TRUTH, "rest")
    seen.append(people["bea"].text)
    assert trays.fresh(item).state == "differing"
    assert not any("Neal" in page for page in seen), "the second clerk was shown what the first one keyed"
    where = take(people["cem"], 3)
    assert where.endswith("/settle")
    page = people["cem"].text
    assert "Sian O&#39;Neal" in page and "Siân O&#39;Neill" in page
    assert "Ann" not in page and "Bea" not in page
    picked = page.split("Siân O&#39;Neill")[0].rpartition('value="')[2][0]
    people["cem"].post(where, {"token": value_of(people["cem"], "token"), "you-name-pick": picked, "do": "finish"})
    assert trays.fresh(item).state == "filed"
    assert keying.answers(item)["you.name"].read.texts == ("Siân O'Neill",)


CANARY = "zyxcanary"


def said_first() -> dict[str, Any]:
    """What the first clerk keys: a word in every text that stands nowhere else, and boxes that nobody else would tick."""
    found = {}
    for number, blank in enumerate(sheets.sheet("feedback")):
        if blank.widget == "date":
            found[blank.name] = Read((str(number % 28 + 1), CANARY, "1931"))
        elif blank.options:
            found[blank.name] = Read((blank.options[-1][0],))
        else:
            found[blank.name] = Read((f"{CANARY}{number}",))
    return found


def test_no_answer_of_the_second_round_holds_anything_of_the_first(people: Any) -> None:
    item = trays.letter(opener())
    first = said_first()
    save(people["ann"], take(people["ann"], 1), first, "finish")
    assert trays.fresh(item).state == "keyed_once"
    bea, seen = people["bea"], []

    def note(answer: Any) -> None:
        seen.append(bea.text + str(answer.headers))

    note(bea.get("/staff/post/key"))
    where = take(bea, 2)
    note(bea.get(where))
    token = value_of(bea, "token")
    asked = re.findall(r'data-field="([^"]+)"', bea.text)
    assert len(asked) == 39
    for blank in sheets.sheet("feedback"):
        bea.get(where)
        sent = {"token": token, "field": blank.name, f"{blank.id}-here": "1", **dict.fromkeys(blank.inputs, "")}
        note(bea.post(f"{where}/field", sent))
        note(bea.post(f"{where}/field", sent | dict.fromkeys(blank.inputs, "\x01")))
    for do in ("keep", "finish", "nonsense"):
        note(save(bea, where, {"you.name": Read(("B",))}, do))
    note(bea.get(f"{where}/settle"))
    note(bea.get("/staff/post/measures"))
    for table in ("clerks", "fields", "pace", "days"):
        note(bea.get(f"/staff/post/measures/{table}.csv"))
    assert not any(CANARY in page or "1931" in page for page in seen)
    # Nor is a box ticked that the first clerk ticked.
    bea.get(where)
    assert " checked data-answer" not in bea.text
    note(save(bea, where, TRUTH, "rest"))
    note(bea.get(where))
    note(bea.get("/staff/post/key"))
    assert trays.fresh(item).state == "differing"
    assert not any(CANARY in page or "1931" in page for page in seen)
    # Whoever keyed it is not let into the dispute either.
    for path in (where, f"{where}/settle"):
        for who in ("ann", "bea"):
            people[who].follow(people[who].get(path))
            assert "you-name-pick" not in people[who].text
            people[who].follow(people[who].post(f"{where}/take"))
            assert "you-name-pick" not in people[who].text


def test_each_field_is_kept_as_soon_as_it_is_left(people: Any) -> None:
    item = trays.letter(opener())
    ann = people["ann"]
    where = take(ann, 1)
    token = value_of(ann, "token")
    for blank in sheets.sheet("feedback"):
        read = TRUTH.get(blank.name)
        if read is None:
            continue
        ann.get(where)
        sent = form_of({blank.name: read}) | {"token": token, "field": blank.name}
        assert ann.post(f"{where}/field", sent).get_json() == {"kept": True}
    # Her computer breaks; somebody else goes on an hour later, in the same round, and misses nothing.
    with moved_to(now() + timedelta(hours=1)):
        bea = people["bea"]
        bea.sign_in("bea@force.example")
        assert take(bea, 1) == where
        assert "Siân O&#39;Neill" in bea.text
        save(bea, where, TRUTH, "rest")
    assert {n: k.read for n, k in keying.kept(item.id, 1).items() if k.read.texts} == TRUTH


def test_who_lost_the_letter_is_told_and_overwrites_nothing(people: Any) -> None:
    item = trays.letter(opener())
    ann, bea = people["ann"], people["bea"]
    where = take(ann, 1)
    token = value_of(ann, "token")
    with moved_to(now() + timedelta(minutes=31)):
        bea.sign_in("bea@force.example")
        take(bea, 1)
        save(bea, where, TRUTH, "keep")
        ann.sign_in("ann@force.example")
        ann.get("/staff/post/key")
        late = form_of(trays.mistaken("you.name", "Late")) | {"token": token}
        answer = ann.post(f"{where}/field", late | {"field": "you.name"})
        assert answer.status_code == 409 and "no longer hold" in answer.get_json()["why"]
        ann.get("/staff/post/key")
        ann.follow(ann.post(where, late | {"do": "finish"}))
        assert "no longer hold" in ann.words
    assert keying.kept(item.id, 1)["you.name"].read == TRUTH["you.name"]
    assert trays.fresh(item).state == "indexed"


def test_clerks_of_another_post_room_and_other_roles_reach_nothing(app: Any, people: Any, cast: Any) -> None:
    item = trays.letter(trays.clerk("north", "north"), area_id=factories.area("north").id)
    page = db.session.query(Page).filter_by(item_id=item.id).one()
    where = f"/staff/post/key/{item.id}"
    trays.clerk("south", "south")
    south = trays.at_the_desk_of(app, "south")
    triage = at_the_desk(app, cast, "triage")
    for browser, status in ((south, 404), (triage, 403)):
        for path in (where, f"{where}/settle", f"{where}/pages/{page.id}"):
            assert browser.get(path).status_code == status, path
        for path in (where, f"{where}/field", f"{where}/take", f"{where}/settle"):
            browser.get("/staff/account")
            assert browser.post(path, {"token": "x"}).status_code == status, path
    south.get("/staff/post/key")
    south.follow(south.post("/staff/post/key/next", {"round": "1"}))
    assert "Nothing waits" in south.words
    ann = people["ann"]
    assert ann.get(f"{where}/pages/{page.id}").mimetype == "image/jpeg"
    assert db.session.query(Access).filter_by(what="post page", task=f"{item.id}.{page.id}").count() == 1
    other = trays.letter(opener())
    assert ann.get(f"/staff/post/key/{other.id}/pages/{page.id}").status_code == 404
    for number in ("0", "9" * 18, "9" * 40):
        assert ann.get(f"/staff/post/key/{number}").status_code == 404
        assert ann.get(f"{where}/pages/{number}").status_code == 404


def test_hostile_fields_are_refused_with_a_sentence_and_kept_as_text(people: Any) -> None:
    item = trays.letter(opener())
    ann = people["ann"]
    where = take(ann, 1)
    token = value_of(ann, "token")
    whole = sheets.sheet("feedback")
    kinds = list({blank.kind: blank for blank in whole}.values())
    ann.get(where)
    fresh = ann.token()
    for payload in PAYLOADS:
        for blank in whole if payload in FEW else kinds:
            sent = {"token": token, "field": blank.name, **FORBIDDEN}
            sent |= {f"{blank.id}-mark": payload, **dict.fromkeys(blank.inputs, payload), "field": blank.name}
            answer = ann.post(f"{where}/field", sent | {"csrf_token": fresh})
            assert answer.status_code in {200, 400}, (payload[:30], blank.name)
            check(ann, answer, where, payload)
        ann.get(where)
        every = {name: payload for blank in whole for name in (*blank.inputs, f"{blank.id}-here")}
        answer = ann.post(where, every | {"token": token, "do": payload})
        check(ann, answer, where, payload)
        for field in ("", payload, "signature.x"):
            assert ann.post(f"{where}/field", {"csrf_token": fresh, "token": token, "field": field}).status_code == 400
    save(ann, where, trays.mistaken("you.name", MARK + "<b>"), "keep")
    ann.get(where)
    assert MARK not in ann.text and "&lt;i data-evil&gt;" in ann.text
    assert keying.kept(item.id, 1)["you.name"].read.texts == (MARK + "<b>",)
    for round in ("0", "4", "x", "-1", "9" * 30):
        ann.get("/staff/post/key")
        assert ann.post("/staff/post/key/next", {"round": round}).status_code == 400
    save(ann, where, trays.mistaken("you.name", MARK + "<b>"), "rest")
    save(people["bea"], take(people["bea"], 2), TRUTH, "rest")
    cem = people["cem"]
    where = take(cem, 3)
    assert MARK not in cem.text
    for payload in PAYLOADS:
        cem.get(where)
        token = value_of(cem, "token")
        for pick in ("other", payload):
            cem.get(where)
            answer = cem.post(
                where,
                {"token": token, "you-name-pick": pick, "you-name": payload, "you-name-mark": payload, "do": "finish"},
            )
            check(cem, answer, where, payload)
    assert trays.fresh(item).state == "differing"


def test_what_cannot_be_kept_stands_there_again_with_why(people: Any) -> None:
    trays.letter(opener())
    ann = people["ann"]
    where = take(ann, 1)
    answer = save(ann, where, trays.mistaken("what.what", "x" * 10_001), "finish")
    assert answer.status_code == 400
    assert "It is longer than 10,000 characters" in ann.words and "x" * 10_001 in ann.text
    assert "Siân O&#39;Neill" in ann.text
    answer = save(ann, where, TRUTH, "finish")
    assert answer.status_code == 400
    assert "Nothing is said yet of 26 fields" in ann.words


def test_four_clerks_at_once_never_work_on_the_same_letter(app: Any, people: Any) -> None:
    first, who = opener(), ("ann", "bea", "cem")
    items = [trays.letter(first).id for _ in range(9)]
    ids = {name: db.session.query(Account).filter_by(email=f"{name}@force.example").one().id for name in who}
    db.session.rollback()

    def work(name: str, round: int) -> Callable[[], list[int]]:
        def run() -> list[int]:
            done = []
            while True:
                found = leases.take_next(ids[name], *keying.open_to(ids[name], round))
                if found is None:
                    return done
                token = leases.take(found, ids[name])
                keying.begin(leases.held(found, ids[name], token), ids[name])
                db.session.commit()
                case_id = db.session.get_one(Item, found).case_id
                cases.lock(Case, case_id)
                held = leases.held(found, ids[name], token)
                mine = keying.begin(held, ids[name])
                keying.keep(mine, TRUTH)
                finishing.end(held, mine, Actor(Role.CLERK, ids[name]), rest_missing=True)
                db.session.commit()
                done.append(found)

        return run

    results = at_once(app, [work(name, 1) for name in who])
    assert sorted(each for done in results for each in done) == sorted(items), results
    results = at_once(app, [work(name, 2) for name in (*who, "ann")])
    assert sorted(each for done in results for each in done) == sorted(items), results
    for item_id in items:
        rounds = {k.round: k.account_id for k in db.session.query(Keying).filter_by(item_id=item_id)}
        assert len(rounds) == 2 and rounds[1] != rounds[2]
    assert db.session.query(Item).filter_by(state="filed").count() == len(items)
