"""Searching for words: in what people wrote, in notes and in replies; in scope; whatever is typed."""

from __future__ import annotations

from typing import Any

import pytest

from casework.cases.models import CaseArea, Note
from casework.cases.queries import Scope
from casework.exchanges import service as exchanges
from casework.extensions import db
from casework.moments import now
from casework.triage import search
from tests import factories, sayings, statements
from tests.browser import Browser
from tests.desks import at_the_desk


def looked_for(desk: Browser, words: Any) -> Any:
    """Search as somebody at the desk would."""
    desk.get("/staff/")
    return desk.follow(desk.post("/staff/search", {"words": words}))


def test_words_are_found_where_they_were_written(app: Any, cast: Any, demo_mode: None) -> None:
    told = sayings.concern(what="They broke my turquoise umbrella at the station.")
    answered = sayings.complaint()
    exchanges.say(answered.id, "Your umbrella was handed in.", cast.handler)
    noted = sayings.concern()
    db.session.add(Note(case_id=noted.id, at=now(), account_id=cast.handler.account_id, words="Umbrellas again."))
    other = sayings.concern()
    db.session.commit()
    desk = at_the_desk(app, cast, "triage")
    looked_for(desk, "umbrella")
    for case in (told, answered, noted):
        assert case.reference in desk.words
    assert other.reference not in desk.words
    assert "<mark>umbrella</mark>" in desk.text and "<mark>Umbrellas</mark>" in desk.text
    looked_for(desk, '"turquoise umbrella"')
    assert told.reference in desk.words and noted.reference not in desk.words
    looked_for(desk, "umbrella -turquoise")
    assert told.reference not in desk.words and noted.reference in desk.words


def test_nobody_finds_words_of_another_area_or_of_another_kind(app: Any, cast: Any, demo_mode: None) -> None:
    told = sayings.concern(what="They broke my umbrella.")
    db.session.add(Note(case_id=told.id, at=now(), account_id=cast.handler.account_id, words="An umbrella."))
    exchanges.say(told.id, "Which umbrella?", cast.handler)
    db.session.commit()
    for who in ("triage_south", "handler_south", "coordinator"):
        desk = at_the_desk(app, cast, who)
        looked_for(desk, "umbrella")
        assert told.reference not in desk.text, who
        assert "Nothing was found" in desk.words


def test_the_results_are_the_searchers_own_and_the_address_tells_nothing(app: Any, cast: Any, demo_mode: None) -> None:
    told = sayings.concern(what="They broke my umbrella.")
    db.session.commit()
    desk, colleague = at_the_desk(app, cast, "triage"), at_the_desk(app, cast, "handler")
    desk.get("/staff/")
    where = desk.post("/staff/search", {"words": "umbrella"}).headers["Location"]
    assert "umbrella" not in where
    desk.get(where)
    assert told.reference in desk.words
    assert colleague.get(where).status_code == 404


def test_what_people_wrote_is_shown_as_text(app: Any, cast: Any, demo_mode: None) -> None:
    evil = '<script>alert(1)</script> <mark onclick=x> \ue000bad\ue001 umbrella &lt;b&gt; "quoted"'
    sayings.concern(what=evil)
    db.session.commit()
    desk = at_the_desk(app, cast, "triage")
    looked_for(desk, "umbrella")
    assert "<script>alert" not in desk.text and "<mark onclick" not in desk.text
    assert "\ue000" not in desk.text and "<mark>bad" not in desk.text
    assert "<mark>umbrella</mark>" in desk.text


@pytest.mark.parametrize(
    "words",
    [
        "the and of", "!!!", "&|!()<->:*", "a:*b", "'", '"', '"" -', "\\", "\x00umbrella\x00", "%", "x" * 5000, "<script>", "-umbrella",
        "or or or", "🙂", "نص عربي", "umbrella OR", "a" * 190 + " b", b"\xff\xfe".decode("latin-1"), "‮umbrella", "FB-", "''; drop table",
    ],
)  # fmt: skip
def test_whatever_is_typed_gets_an_answer(app: Any, cast: Any, demo_mode: None, words: str) -> None:
    sayings.concern(what="They broke my umbrella.")
    db.session.commit()
    desk = at_the_desk(app, cast, "triage")
    assert looked_for(desk, words).status_code == 200
    assert "<script>alert" not in desk.text


def test_fifty_at_most_the_newest_case_first_each_once(app: Any, cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [sayings.concern(what="umbrella " * 3) for _ in range(6)]
    for case in made[:2]:
        exchanges.say(case.id, "The umbrella.", cast.handler)
    db.session.commit()
    scope = Scope(frozenset({factories.area("north").id}), False, frozenset({"feedback", "complaint"}))
    found = search.search(scope, "umbrella", most=4)
    assert [hit.reference for hit in found] == [case.reference for case in reversed(made[2:])]
    monkeypatch.setattr(search, "COMMON", 3)
    assert search.search(scope, "umbrella", most=4) == found


def test_a_word_of_every_case_and_a_rare_one_find_the_same_way(
    app: Any, cast: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    south = factories.area("south-borough").id
    made = [sayings.concern(what=f"common {'rare' if n == 1 else ''}") for n in range(4)]
    sayings.concern(what="common", borough_id=south)
    db.session.commit()
    scope = Scope(frozenset({factories.area("north").id}), False, frozenset({"feedback"}))
    for common in (1, 2000):
        monkeypatch.setattr(search, "COMMON", common)
        assert {hit.reference for hit in search.search(scope, "common")} == {case.reference for case in made}
        assert [hit.reference for hit in search.search(scope, "rare")] == [made[1].reference]


@pytest.mark.parametrize("sizes", [(2,), (1, 2), (2, 3, 5), (1, 50)])
def test_a_common_word_is_found_however_few_of_the_newest_cases_are_looked_through(
    app: Any, cast: Any, monkeypatch: pytest.MonkeyPatch, sizes: tuple[int, ...]
) -> None:
    north, south = factories.area("north"), factories.area("south-borough").id
    made = [sayings.concern(what="common" if n in (0, 1, 4) else "other") for n in range(6)]
    shared, hidden = sayings.concern(what="common", borough_id=south), sayings.concern(what="common")
    for case in (made[1], made[5]):
        exchanges.say(case.id, "How common.", cast.handler)
        exchanges.say(case.id, "Common indeed.", cast.handler)
    db.session.add(CaseArea(case_id=shared.id, area_id=north.id))
    sayings.concern(what="common", borough_id=south)
    db.session.commit()
    scope = Scope(frozenset({north.id}), False, frozenset({"feedback"}), frozenset({hidden.id}))
    expected = [case.reference for case in (shared, made[5], made[4], made[1], made[0])]
    monkeypatch.setattr(search, "COMMON", 1)
    monkeypatch.setattr(search, "NEWEST", sizes)
    for most in (1, 2, 3, 4, 5, 50):
        assert [hit.reference for hit in search.search(scope, "common", most)] == expected[:most], most
    everywhere = Scope(frozenset(), True, frozenset({"feedback"}), frozenset({hidden.id}))
    assert len(search.search(everywhere, "common")) == 6


def test_in_an_area_of_few_cases_a_common_word_is_not_collected_from_everywhere(
    app: Any, cast: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        sayings.concern(what="common")
    sayings.concern(what="other", borough_id=factories.area("south-borough").id)
    db.session.commit()
    monkeypatch.setattr(search, "COMMON", 1)
    for name in ("south", "south-borough"):
        scope = Scope(frozenset({factories.area(name).id}), False, frozenset({"feedback"}))
        with statements.noted() as seen:
            assert search.search(scope, "common") == []
        assert not [one for one in seen if "MATERIALIZED" in one]
