"""Files added while it is typed: kept at once, taken back, sent with the rest, cleaned for whoever stays anonymous."""

from __future__ import annotations

import gc
import io
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image

from casework import deletion
from casework.cases.models import Draft
from casework.exchanges import files
from casework.exchanges.models import Attachment
from casework.extensions import db
from casework.feedback.models import Feedback
from casework.moments import moved_to, now, today
from casework.parties.models import Party
from tests.browser import Browser
from tests.exchanges import samples
from tests.saying.steps import ANONYMOUS, ANSWERS, fill, send

PAGE = "/feedback/say/evidence"


def add(browser: Browser, *given: tuple[str, bytes], **fields: str) -> Any:
    browser.get(PAGE)
    return browser.post(PAGE, {"files": [(io.BytesIO(content), name) for name, content in given], **fields})


def has_exif(file: Attachment) -> bool:
    with Image.open(io.BytesIO(b"".join(files.content(file.stored)))) as image:
        return bool(image.getexif())


def test_files_stand_on_the_page_and_on_the_check_and_go_with_the_case(client: Browser) -> None:
    answer = add(client, ("cut.jpg", samples.picture(exif=True)), ("receipt.pdf", samples.pdf()), then="add")
    assert answer.headers["Location"] == PAGE
    client.follow(answer)
    assert "cut.jpg" in client.words and "receipt.pdf" in client.words
    fill(client)
    assert client.words.count("cut.jpg") == client.words.count("receipt.pdf") == 1
    send(client)
    case, party = db.session.query(Feedback).one(), db.session.query(Party).one()
    kept = db.session.query(Attachment).order_by(Attachment.id).all()
    assert [(file.case_id, file.draft_id, file.party_id) for file in kept] == [(case.id, None, party.id)] * 2
    assert has_exif(kept[0]), "with a name it is evidence as it was made"


def test_a_picture_of_somebody_anonymous_says_neither_place_nor_device(client: Browser) -> None:
    add(client, ("cut.jpg", samples.picture(exif=True)))
    fill(client, you=ANONYMOUS, leave_out=("contact", "needs"))
    send(client)
    kept = db.session.query(Attachment).one()
    assert kept.case_id == db.session.query(Feedback).one().id
    assert not has_exif(kept)


def test_a_picture_of_somebody_who_left_everything_empty_is_cleaned_too(client: Browser) -> None:
    add(client, ("cut.jpg", samples.picture(exif=True)))
    client.submit("/feedback/say/what", ANSWERS["what"])
    send(client)
    assert db.session.query(Feedback).one().anonymous
    assert not has_exif(db.session.query(Attachment).one())


def test_a_bad_file_is_refused_with_the_reason_and_the_rest_of_the_page_stays(client: Browser) -> None:
    answer = add(client, ("cut.jpg", samples.picture()), ("page.html", samples.HTML), evidence="A letter")
    assert answer.status_code == 400
    assert "must be a picture" in client.words
    assert "A letter" in client.text
    assert "cut.jpg" in client.words, "the good one is kept"
    assert [file.name for file in db.session.query(Attachment)] == ["cut.jpg"]


def test_words_that_are_wrong_lose_no_file(client: Browser) -> None:
    assert add(client, ("cut.jpg", samples.picture()), evidence="x" * 2001).status_code == 400
    assert "cut.jpg" in client.words
    assert "xxx" in client.text


def test_a_file_can_be_taken_back_by_nobody_but_its_sender(app: Any, client: Browser) -> None:
    add(client, ("cut.jpg", samples.picture()), then="add")
    number = db.session.query(Attachment).one().id
    other = Browser(app)
    other.get(PAGE)
    other.post(PAGE, {"then": f"remove-{number}"})
    assert db.session.query(Attachment).one().removed_at is None
    client.get(PAGE)
    client.follow(client.post(PAGE, {"then": f"remove-{number}", "evidence": "A letter"}))
    assert db.session.query(Attachment).one().removed_at is not None
    assert "cut.jpg" not in client.words and "A letter" in client.text
    for odd in ("remove-", "remove-x", "remove-" + "9" * 40, "remove-\u0661", "remove-" + "9" * 18):
        client.get(PAGE)
        assert client.post(PAGE, {"then": odd}).status_code == 302, odd


def test_saving_for_later_keeps_the_files(client: Browser) -> None:
    assert add(client, ("cut.jpg", samples.picture()), then="later").headers["Location"] == "/feedback/save"
    client.get(PAGE)
    assert "cut.jpg" in client.words


def test_what_is_deleted_by_its_sender_goes_in_the_night_with_its_files(client: Browser) -> None:
    add(client, ("cut.jpg", samples.picture()))
    client.get("/feedback")
    client.post("/feedback/forget")
    assert db.session.query(Attachment).one().removed_at is not None
    with moved_to(now() + timedelta(days=2)):
        deletion.run_all(today())
    assert db.session.query(Draft).count() == 0
    assert db.session.query(Attachment).count() == 0


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # the test client leaves its own copy of a large body open
def test_only_the_page_with_files_takes_large_requests(client: Browser, app: Any) -> None:
    large = ("cut.jpg", samples.picture() + b"\x00" * (app.config["MAX_CONTENT_LENGTH"] + 1))
    client.get("/feedback/say/what")
    assert (
        client.post("/feedback/say/what", {"what": "x", "files": [(io.BytesIO(large[1]), "a.jpg")]}).status_code == 413
    )
    assert add(client, large).status_code in {302, 400}
    gc.collect()
