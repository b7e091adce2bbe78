"""Which pages belong together: envelopes between separators, forms, replies, empty pages; and no page is ever lost."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from casework.post.splitting import Sheet, Split, split
from casework.printing.codes import FormCode, ReplyCode, SeparatorCode

FENCE, PAGE, EMPTY = Sheet(SeparatorCode()), Sheet(), Sheet(blank=True)
REPLY, OTHER_REPLY = ReplyCode("CO-7K4M-Q2XT-9", 12), ReplyCode("RA-7K4M-Q2XT-9", 13)


def form(page: int, name: str = "feedback", large: bool = False) -> Sheet:
    return Sheet(FormCode(name, 1, page, large))


def pages(found: Split) -> list[list[int]]:
    return [group.pages for group in found.groups]


def test_an_envelope_is_what_lies_between_two_separators() -> None:
    found = split([FENCE, PAGE, PAGE, FENCE, PAGE, FENCE])
    assert pages(found) == [[1, 2], [4]] and found.separators == [0, 3, 5]
    assert not any(group.inside for group in found.groups)


def test_without_separators_a_file_is_one_letter_until_a_new_form_begins() -> None:
    assert pages(split([PAGE, PAGE, PAGE])) == [[0, 1, 2]]
    found = split([form(1), form(2), EMPTY, form(1), form(2), PAGE])
    assert pages(found) == [[0, 1, 2], [3, 4, 5]]
    assert [(group.form, group.inside) for group in found.groups] == [("feedback/1", False)] * 2


def test_two_forms_in_one_envelope_are_two_matters() -> None:
    found = split([FENCE, form(1), form(2), form(1, "complaint"), FENCE, form(1, large=True)])
    assert pages(found) == [[1, 2], [3], [5]]
    assert [(group.form, group.inside) for group in found.groups] == [
        ("feedback/1", False), ("complaint/1", True), ("feedback/1/large", False),
    ]  # fmt: skip


def test_a_letter_that_comes_with_a_form_stays_with_it_between_separators() -> None:
    assert pages(split([FENCE, PAGE, form(1), form(2), FENCE])) == [[1, 2, 3]]


def test_a_form_whose_first_page_could_not_be_read_does_not_run_into_the_one_before() -> None:
    assert pages(split([form(1), form(2), form(3), form(2), form(3)])) == [[0, 1, 2], [3, 4]]
    assert pages(split([form(1), form(2), form(2, "complaint")])) == [[0, 1], [2]]


def test_a_reply_brings_its_further_pages_and_ends_at_another_reply() -> None:
    found = split([Sheet(REPLY), PAGE, Sheet(REPLY), Sheet(OTHER_REPLY), EMPTY])
    assert pages(found) == [[0, 1, 2], [3, 4]]
    assert [group.reply for group in found.groups] == [REPLY, OTHER_REPLY]


def test_the_empty_back_of_a_separator_makes_no_item() -> None:
    assert pages(split([FENCE, EMPTY, PAGE, EMPTY, FENCE, EMPTY, FENCE, EMPTY])) == [[1, 2, 3, 5, 7]]
    found = split([EMPTY, EMPTY])
    assert pages(found) == [] and found.loose == [0, 1]


sheets = st.lists(
    st.one_of(
        st.sampled_from([FENCE, PAGE, EMPTY, Sheet(REPLY), Sheet(OTHER_REPLY)]),
        st.builds(form, st.integers(1, 4), st.sampled_from(["feedback", "ride"]), st.booleans()),
    ),
    max_size=30,
)


@settings(max_examples=500, deadline=None)
@given(sheets)
def test_every_page_goes_to_exactly_one_place_and_stays_in_order(some: list[Sheet]) -> None:
    found = split(some)
    everywhere = [*found.separators, *found.loose, *(place for group in found.groups for place in group.pages)]
    assert sorted(everywhere) == list(range(len(some)))
    for group in found.groups:
        assert group.pages == sorted(group.pages)
        assert any(not some[place].blank for place in group.pages), "no item of nothing but empty pages"
    assert not found.groups or not found.groups[0].inside, "a further matter has one before it"
