"""What the pages show to staff, and to whom."""

from __future__ import annotations

import re
from typing import Any

import pytest

from casework.extensions import db
from casework.history.models import Access
from casework.moments import now
from casework.pages.models import ServiceFeedback
from tests.accounts.conftest import Visitor

HOSTILE = "<script>alert(1)</script> \"'&{{7*7}}"


def test_hostile_feedback_is_words_and_nothing_more_and_reading_it_is_recorded(cast: Any, demo: Visitor) -> None:
    for _ in range(51):
        db.session.add(ServiceFeedback(at=now(), page="/contact", satisfied=2, words=HOSTILE))
    db.session.commit()
    demo.sign_in(cast.account("admin").email)
    assert demo.get("/staff/service-feedback").status_code == 200
    assert "<script>alert" not in demo.text and "&lt;script&gt;alert(1)&lt;/script&gt;" in demo.text
    assert "{{7*7}}" in demo.text and demo.text.count("&lt;script&gt;") == 50
    older = re.search(r'href="(/staff/service-feedback\?before=\d+)"', demo.text)
    assert older and demo.get(older[1]).status_code == 200 and demo.text.count("&lt;script&gt;") == 1
    assert db.session.query(Access).filter_by(what="service feedback").count() == 2


def test_feedback_on_the_website_is_for_administrators_and_supervisors(cast: Any, demo: Visitor) -> None:
    demo.sign_in(cast.account("coordinator").email)
    assert demo.get("/staff/service-feedback").status_code == 403
    assert "You cannot open this page" in demo.text and "Sign out" in demo.text
    demo.get("/staff/incidents")
    assert 'href="/staff/service-feedback"' not in demo.text, "a page that is closed to the role is linked"


@pytest.mark.parametrize(
    "query", ["before=x", "before=-1", "before=99999999999999999999", "number=%00", "number=" + "I" * 900]
)
def test_odd_questions_to_a_list_get_an_answer(cast: Any, demo: Visitor, query: str) -> None:
    demo.sign_in(cast.account("admin").email)
    assert demo.get(f"/staff/incidents?{query}").status_code in (200, 400)
    assert demo.get(f"/staff/service-feedback?{query}").status_code in (200, 400)
