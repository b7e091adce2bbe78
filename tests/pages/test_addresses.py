"""The quick addresses of templates are those that Flask makes, whatever is put into them."""

from __future__ import annotations

from typing import Any

import pytest
from flask import url_for
from werkzeug.routing import BuildError

HOSTILE = (
    "RA-1",
    "a/b",
    "../x",
    "//evil.example",
    "é ñ",
    "?q=1&r=2",
    "#part",
    "%2e%2e",
    "javascript:alert(1)",
    "\n",
    "",
)


def test_every_page_has_the_same_address_from_both_whatever_is_put_into_it(program: Any) -> None:
    quick, compared = program.jinja_env.globals["url_for"], 0
    with program.test_request_context("/staff/"):
        for rule in program.url_map.iter_rules():
            for words in HOSTILE:
                values = dict.fromkeys(rule.arguments, words) | {"also": words, "nothing": None, "two": ["a", words]}
                for further in ({}, {"_anchor": words or "x"}):
                    try:
                        expected = url_for(rule.endpoint, **values, **further)
                    except (BuildError, ValueError, TypeError) as wrong:
                        with pytest.raises(type(wrong)):
                            quick(rule.endpoint, **values, **further)
                    else:
                        assert quick(rule.endpoint, **values, **further) == expected
                        compared += 1
    assert compared > 1000


def test_an_address_without_what_it_needs_is_refused_as_ever(program: Any) -> None:
    with program.test_request_context("/staff/"), pytest.raises(BuildError):
        program.jinja_env.globals["url_for"]("cases.show")
