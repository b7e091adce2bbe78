"""The rules engine by itself: a row is taken or refused with a sentence; a faulty table is found before it runs."""

from __future__ import annotations

import pytest

from casework.roles import CLOCK, Actor, Role
from casework.workflow import Check, Now, Refused, StateSpec, Tell, Workflow, period, row
from casework.workflow.checks import Known, problems
from casework.workflow.diagram import draw

fed = Check("fed", "Feed it first.")
CAT = Workflow.of(
    "cat",
    {
        "hungry": StateSpec("It is hungry.", "Hungry", Role.COORDINATOR, period("cat.meal")),
        "fed": StateSpec("It is fed.", "Fed", Role.SUPERVISOR, period("cat.nap")),
        "asleep": StateSpec("It sleeps.", "Asleep", final=True),
    },
    [
        row("arrive", None, "hungry", by=Role.PUBLIC, then=[Tell("cat-arrived")]),
        row("feed", "hungry", "fed", by=Role.COORDINATOR),
        row("stroke", "fed", "asleep", by=Role.SUPERVISOR, needs=[fed], apart_from=["cat.feed"], then=[Now("purr")]),
        row("doze", "fed", "asleep", by=Role.CLOCK, after=period("cat.nap")),
    ],
    {"arrive": "arrived", "feed": "fed", "stroke": "stroked", "doze": "dozed off"},
)
KNOWN = Known({"cat-arrived"}, [], {"purr"}, {"fed"}, {"cat.meal", "cat.nap"}, {"cat.feed"})
COORDINATOR, SUPERVISOR = Actor(Role.COORDINATOR, 1), Actor(Role.SUPERVISOR, 2)


def test_a_row_is_found_for_who_may_take_it() -> None:
    assert CAT.plan("hungry", "feed", COORDINATOR).to_state == "fed"


def test_the_wrong_role_is_told_who_may() -> None:
    with pytest.raises(Refused, match="It is for: ride coordinator"):
        CAT.plan("hungry", "feed", SUPERVISOR)


def test_the_wrong_moment_is_told_what_it_is_now() -> None:
    with pytest.raises(Refused, match="not possible now. It stands at “Asleep”"):
        CAT.plan("asleep", "feed", COORDINATOR)


def test_nothing_is_opened_by_an_action_that_opens_nothing() -> None:
    with pytest.raises(Refused):
        CAT.plan(None, "feed", COORDINATOR)


def test_a_check_that_does_not_hold_says_its_own_sentence_or_a_better_one() -> None:
    with pytest.raises(Refused, match="Feed it first"):
        CAT.plan("fed", "stroke", SUPERVISOR, holds=lambda check: False)
    with pytest.raises(Refused, match="It wants fish"):
        CAT.plan("fed", "stroke", SUPERVISOR, holds=lambda check: "It wants fish.")


def test_who_fed_it_may_not_stroke_it_even_in_another_role() -> None:
    same_person = Actor(Role.SUPERVISOR, 1)
    with pytest.raises(Refused, match="Somebody else must do this"):
        CAT.plan("fed", "stroke", same_person, history=lambda: [("cat.feed", 1)])
    assert CAT.plan("fed", "stroke", SUPERVISOR, history=lambda: [("cat.feed", 1)]).action == "stroke"


def test_history_is_not_looked_at_where_no_row_asks_for_it() -> None:
    def forbidden() -> list[tuple[str, int | None]]:
        raise AssertionError("history was read")

    assert CAT.plan("hungry", "feed", COORDINATOR, history=forbidden).to_state == "fed"


def test_buttons_are_offered_and_refusals_explained() -> None:
    offers = CAT.open_to("fed", SUPERVISOR, holds=lambda check: False)
    assert [(o.row.action, o.refused) for o in offers] == [("stroke", "Feed it first.")]
    assert [o.row.action for o in CAT.open_to("fed", CLOCK)] == ["doze"]
    assert CAT.open_to("asleep", SUPERVISOR) == []


def test_a_whole_table_has_no_problems() -> None:
    assert problems(CAT, KNOWN) == []


def test_the_drawing_is_the_same_each_time_and_names_everything() -> None:
    text = draw(CAT)
    assert text == draw(CAT)
    for word in ("hungry --> fed: feed", "tell applicant `cat-arrived`", "the calendar after `cat.nap`", "do `purr`"):
        assert word in text


def _with(rows: list | None = None, states: dict | None = None, words: dict | None = None) -> Workflow:
    kept = [[r] for r in CAT.rows]
    return Workflow.of("cat", dict(CAT.states) | (states or {}), kept + (rows or []), dict(CAT.words) | (words or {}))


SPEC = StateSpec("a", "A", Role.COORDINATOR)


@pytest.mark.parametrize(
    ("faulty", "sentence"),
    [
        (_with(states={"lost": SPEC}), "state lost cannot be reached"),
        (_with([row("lose", "hungry", "lost", by=Role.COORDINATOR)], {"lost": SPEC}, {"lose": "lost"}), "state lost is a dead end"),
        (_with([row("feed", "hungry", "nowhere", by=Role.CLERK)]), "names the state nowhere"),
        (_with([row("kick", "hungry", "asleep", by=Role.CLERK)]), "action kick has no words"),
        (_with([row("feed", "hungry", "asleep", by=Role.COORDINATOR)]), "declared twice"),
        (_with([row("feed", "hungry", "asleep", by=[])]), "names nobody"),
        (_with([row("feed", "hungry", "asleep", by=Role.CLOCK)]), "exactly if it has a period"),
        (_with([row("feed", "hungry", "asleep", by=Role.CLERK, after=period("cat.nap"))]), "exactly if it has a period"),
        (_with([row("feed", "hungry", "fed", by=Role.CLERK, then=[Tell("none")])]), "message none, which has no template"),
        (_with([row("feed", "hungry", "fed", by=Role.CLERK, then=[Now("none")])]), "does none, which nobody implements"),
        (_with([row("feed", "hungry", "fed", by=Role.CLERK, needs=[Check("none", "No.")])]), "needs none, which nobody"),
        (_with([row("feed", "hungry", "fed", by=Role.CLERK, apart_from=["cat.none"])]), "apart from cat.none"),
        (_with(states={"hungry": StateSpec("", "Hungry", Role.COORDINATOR)}), "has no words"),
        (_with(states={"hungry": StateSpec("a", "A")}), "state hungry waits for nobody"),
        (_with(states={"hungry": StateSpec("a", "A", Role.HOST)}), "waits for host, who can do nothing there"),
        (_with(states={"hungry": StateSpec("a", "A", Role.COORDINATOR, period("cat.none"))}), "period cat.none is not in the settings"),
    ],
)  # fmt: skip
def test_a_faulty_table_is_found(faulty: Workflow, sentence: str) -> None:
    found = problems(faulty, KNOWN)
    assert any(sentence in problem for problem in found), found


def test_a_circle_without_a_way_out_is_found() -> None:
    circle = _with(
        [row("go", "hungry", "left", by=Role.COORDINATOR), row("back", "left", "right", by=Role.COORDINATOR),
         row("forth", "right", "left", by=Role.COORDINATOR)],
        {"left": SPEC, "right": SPEC},
        {"go": "x", "back": "x", "forth": "x"},
    )  # fmt: skip
    assert any("no way leads from state left to an end" in problem for problem in problems(circle, KNOWN))
