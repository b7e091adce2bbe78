"""Files that people add: what we take, what we say of the rest, who gets them, and that they are never shown inline."""

from __future__ import annotations

import io
import os
import socket
import threading
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from werkzeug.datastructures import FileStorage

from casework.drafting import service as drafting
from casework.exchanges import accepting, files, scanner, store, sweeping
from casework.exchanges.accepting import accept, clean_name
from casework.exchanges.models import Attachment
from casework.exchanges.opening import BadFile
from casework.extensions import db
from casework.feedback import service as feedback
from casework.history.models import Access
from casework.moments import moved_to, now
from casework.parties import secrets
from casework.printing import document
from casework.roles import Actor, Role
from tests import sayings
from tests.browser import Browser
from tests.exchanges import samples
from workers import files as worker

PUBLIC = Actor(Role.PUBLIC)
TAKEN = [
    ("cut.jpg", samples.picture(), "image/jpeg"),
    ("CUT.JPEG", samples.picture(), "image/jpeg"),
    ("cut.png", samples.picture("PNG"), "image/png"),
    ("cut.webp", samples.picture("WEBP"), "image/webp"),
    ("receipt.pdf", samples.pdf(), "application/pdf"),
    ("receipt.pdf", samples.packed(b"<<>>"), "application/pdf"),
    ("clip.mp4", samples.video(), "video/mp4"),
    ("clip.mov", samples.video(b"qt  "), "video/quicktime"),
    ("clip.webm", samples.WEBM, "video/webm"),
]
JPEG = samples.picture()
REFUSED = [
    ("drawing.svg", samples.SVG, "must be a picture"),
    ("drawing.png", samples.SVG, "must be a picture"),
    ("letter.pdf", samples.HTML, "must be a picture"),
    ("page.html", JPEG, "not what its name says"),
    ("cut.jpg.exe", JPEG, "not what its name says"),
    ("cut.pdf", JPEG, "not what its name says"),
    ("cut.jpg", samples.pdf(), "not what its name says"),
    ("things.zip", samples.archive(), "must be a picture"),
    ("cut.jpg", samples.archive(), "must be a picture"),
    ("cut.jpg", JPEG + samples.archive(), "other files hidden"),
    ("receipt.pdf", samples.pdf() + samples.archive(), "other files hidden"),
    ("receipt.pdf", b"MZ" + samples.pdf(), "must be a picture"),
    (".htaccess", b"AddType text/html .jpg", "must be a picture"),
    ("\u200b.htaccess", b"AddType text/html .jpg", "must be a picture"),
    ("cut.jpg", JPEG[: len(JPEG) // 2], "damaged"),
    ("cut.jpg", b"\xff\xd8\xff" + bytes(100), "damaged"),
    ("cut.png", samples.picture("PNG")[:-200], "damaged"),
    ("cut.png", samples.bomb(), "too many pixels"),
    ("receipt.pdf", samples.pdf(password="secret"), "password"),
    ("receipt.pdf", samples.pdf(script="app.alert(1)"), "runs a program"),
    ("receipt.pdf", samples.pdf(launch=True), "runs a program"),
    ("receipt.pdf", samples.packed(b"<</S/JavaScript/JS(app.alert\\(1\\))>>"), "runs a program"),
    ("receipt.pdf", samples.packed(b"<<>>" + b" " * 30_000_000, copies=20), "damaged"),
    ("receipt.pdf", samples.pdf(hidden=b"MZ"), "files inside"),
    ("receipt.pdf", b"%PDF-1.7\nnothing", "damaged"),
    ("receipt.pdf", samples.pdf()[:300], "damaged"),
    ("clip.mp4", samples.video()[:-10], "damaged"),
    ("clip.mp4", samples.box(b"ftyp", b"isom" + bytes(8)), "damaged"),
    ("clip.mp4", samples.video(more=samples.HTML), "damaged"),
    ("clip.mp4", b"\0\0\0\0ftypisom", "damaged"),
    ("cut.heic", samples.box(b"ftyp", b"heic" + bytes(8)), "HEIC"),
    ("clip.avi", b"RIFF" + bytes(4) + b"AVI LIST", "must be a picture"),
    ("empty.jpg", b"", "is empty"),
    ("large.jpg", JPEG + bytes(10 * accepting.MEGABYTE + 1 - len(JPEG)), "smaller than 10 MB"),
    ("large.mp4", samples.video() + bytes(50 * accepting.MEGABYTE), "smaller than 50 MB"),
]  # fmt: skip


def taken(name: str, content: bytes, **more: Any) -> accepting.Accepted:
    return accept(name, io.BytesIO(content), most=10, most_video=50, **more)


def link(party: Any) -> str:
    return "/cases/" + secrets.link_secret(party.id, party.generation)


def upload(name: str = "cut.jpg", content: bytes = JPEG) -> FileStorage:
    return FileStorage(io.BytesIO(content), filename=name)


@pytest.mark.parametrize(("name", "content", "kind"), TAKEN)
def test_pictures_pdfs_and_videos_are_taken_as_they_are(name: str, content: bytes, kind: str) -> None:
    found = taken(name, content)
    assert (found.name, found.kind, found.size, found.content.read()) == (name, kind, len(content), content)


@pytest.mark.parametrize(("name", "content", "why"), REFUSED, ids=[f"{n}-{w}" for n, (_, _, w) in enumerate(REFUSED)])
def test_whatever_is_no_such_file_is_refused_with_what_to_do(name: str, content: bytes, why: str) -> None:
    with pytest.raises(BadFile) as refused:
        taken(name, content)
    assert why in refused.value.sentence
    assert refused.value.sentence.endswith(".")
    assert "\u200b" not in refused.value.sentence


def test_a_picture_that_breaks_off_is_refused_also_after_a_letter_was_printed() -> None:
    document.missing()  # loads WeasyPrint, which changes Pillow for the whole program
    with pytest.raises(BadFile, match="damaged"):
        taken("cut.jpg", JPEG[: len(JPEG) // 2])


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("../../etc/passwd.jpg", "passwd.jpg"),
        ("C:\\Users\\me\\cut.jpg", "cut.jpg"),
        ("\u200b.htaccess", "htaccess"),
        ("gpj.\u202eexe.jpg", "gpj.exe.jpg"),
        ("a\x00b\r\nSet-Cookie: x.jpg", "abSet-Cookie_ x.jpg"),
        ('cut".jpg', "cut_.jpg"),
        ("con.jpg", "_con.jpg"),
        ("...", "file"),
        ("", "file"),
        ("/", "file"),
        ("  my   cut .jpg", "my cut.jpg"),
        ("Фото с улицы.jpg", "Фото с улицы.jpg"),
        ("cafe\u0301.jpg", "café.jpg"),
        ("x" * 500 + ".jpg", "x" * 96 + ".jpg"),
        ("cut." + "j" * 500, "cut." + "j" * 10),
    ],
)
def test_a_name_is_only_a_name(given: str, name: str) -> None:
    assert clean_name(given) == name


def test_a_picture_that_is_another_sort_of_picture_than_its_name_says_gets_its_ending() -> None:
    assert taken("cut.jpg", samples.picture("WEBP")).name == "cut.webp"
    assert taken("cut", JPEG).name == "cut.jpg"


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_pictures_of_anonymous_senders_lose_place_and_device_and_whatever_follows_them(form: str) -> None:
    sent = samples.picture(form, exif=True) + (b"Model 7, 51.5 N" if form == "JPEG" else b"")
    assert b"Model 7" in sent
    cleaned = taken(f"cut.{form.lower()}", sent, clean=True).content.read()
    assert b"Model 7" not in cleaned
    with Image.open(io.BytesIO(cleaned)) as image:
        assert not image.getexif()
        assert image.size == (48, 64)  # the right way up, as one saw it


def test_what_is_kept_cannot_be_read_in_the_store_and_comes_back_whole(app: Any) -> None:
    content = os.urandom(3 * store.PIECE + 5)
    name = store.put(io.BytesIO(content))
    path = Path(app.config["CASEWORK_HOME"]) / "files" / name[:2] / name
    assert content[:100] not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    assert b"".join(store.get(name)) == content


@pytest.mark.parametrize("harm", ["shorter", "swapped", "changed", "renamed", "gone"])
def test_what_was_tampered_with_in_the_store_does_not_open(app: Any, harm: str) -> None:
    name = store.put(io.BytesIO(os.urandom(2 * store.PIECE)))
    path = Path(app.config["CASEWORK_HOME"]) / "files" / name[:2] / name
    whole = path.read_bytes()
    half = len(whole) // 2
    match harm:
        case "shorter":
            path.write_bytes(whole[:half])
        case "swapped":
            path.write_bytes(whole[half:] + whole[:half])
        case "changed":
            path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        case "renamed":
            name = name[:2] + "0" * 30
            path.rename(path.with_name(name))
        case "gone":
            path.unlink()
    with pytest.raises(store.Missing):
        b"".join(store.get(name))


@pytest.mark.parametrize("name", ["../x", "", "A" * 32, "0" * 31, "/etc/passwd"])
def test_only_a_name_of_the_store_leads_into_it(app: Any, name: str) -> None:
    with pytest.raises(store.Missing):
        list(store.get(name))


def test_files_of_a_draft_go_with_the_case(app: Any) -> None:
    draft = drafting.begin("feedback")
    first = files.keep(upload(), PUBLIC, draft_id=draft.id)
    second = files.keep(upload("b.jpg"), PUBLIC, draft_id=draft.id)
    assert files.remove_from_draft(draft.id, second.id)
    assert not files.remove_from_draft(draft.id + 1, first.id)
    case = sayings.concern()
    assert files.move_to_case(draft.id, case.id, sayings.party_of(case).id) == 1
    db.session.commit()
    assert files.of_draft(draft.id) == []
    assert b"".join(files.content(files.of_case(case.id, first.id).stored)) == JPEG
    assert files.of_case(case.id, second.id) is None


def test_who_turns_out_to_be_anonymous_at_the_end_leaves_no_place_and_device(app: Any) -> None:
    draft = drafting.begin("feedback")
    kept = files.keep(upload(content=samples.picture(exif=True)), PUBLIC, draft_id=draft.id)
    clip = files.keep(upload("clip.mp4", samples.video()), PUBLIC, draft_id=draft.id)
    assert b"Model 7" in b"".join(files.content(kept.stored))
    case = sayings.concern(anonymous=True)
    assert files.move_to_case(draft.id, case.id, sayings.party_of(case).id, anonymous=True) == 2
    cleaned = b"".join(files.content(kept.stored))
    assert (b"Model 7" in cleaned, len(cleaned)) == (False, kept.size)
    assert b"".join(files.content(clip.stored)) == samples.video()


class Question:
    """As `forms.Files` is to those who keep files."""

    def __init__(self, *data: FileStorage) -> None:
        self.data, self.said = list(data), []

    def fail(self, message: str) -> None:
        self.said.append(message)


def test_good_files_are_kept_where_others_are_refused(app: Any) -> None:
    draft = drafting.begin("feedback")
    question = Question(upload("a.jpg"), upload("b.svg", samples.SVG), upload("c.jpg"), upload("d.jpg", b""))
    kept = files.keep_all(question, PUBLIC, draft_id=draft.id)
    assert [each.name for each in kept] == ["a.jpg", "c.jpg"]
    assert ["b.svg" in question.said[0], "d.jpg" in question.said[1], len(question.said)] == [True, True, 2]


def test_too_many_at_once_are_refused_with_what_to_do(app: Any) -> None:
    question = Question(*[upload() for _ in range(6)])
    assert files.keep_all(question, PUBLIC, draft_id=drafting.begin("feedback").id) == []
    assert question.said == ["You can add up to 5 files at a time. Choose fewer, then add the others after that."]


def test_nobody_adds_more_than_so_much_a_day_not_even_by_removing(app: Any) -> None:
    draft = drafting.begin("feedback")
    clip = samples.video(more=samples.box(b"free", bytes(26 * accepting.MEGABYTE)))
    first = files.keep(upload("a.mp4", clip), PUBLIC, draft_id=draft.id)
    files.remove_from_draft(draft.id, first.id)
    with pytest.raises(BadFile, match="in a day"):
        files.keep(upload("b.mp4", clip), PUBLIC, draft_id=draft.id)
    with moved_to(now() + timedelta(days=1, minutes=1)):
        files.keep(upload("b.mp4", clip), PUBLIC, draft_id=draft.id)


def test_a_file_is_only_ever_saved_and_only_by_who_it_concerns(
    app: Any, cast: Any, client: Browser, demo_mode: None
) -> None:
    case, other = sayings.concern(), sayings.concern()
    party = sayings.party_of(case)
    file = files.keep(upload("Фото.jpg"), sayings.person_of(case), case_id=case.id)
    inner = files.keep(upload("ours.jpg"), cast.handler, case_id=case.id)
    db.session.commit()
    reference = case.reference
    assert client.get(f"/track/case/files/{file.id}").status_code == 302  # nobody's session

    client.get(link(party))
    answer = client.get(f"/track/case/files/{file.id}")
    assert answer.data == JPEG
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["Content-Disposition"].endswith("filename*=UTF-8''%D0%A4%D0%BE%D1%82%D0%BE.jpg")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert client.get(f"/track/case/files/{inner.id}").status_code == 404  # not sent with a reply

    stranger = Browser(app)
    stranger.get(link(sayings.party_of(other)))
    assert stranger.get(f"/track/case/files/{file.id}").status_code == 404

    desk = Browser(app)
    desk.sign_in(cast.account("handler").email)
    answer = desk.get(f"/staff/cases/{reference}/files/{file.id}")
    assert (answer.status_code, answer.data) == (200, JPEG)
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert desk.get(f"/staff/cases/{other.reference}/files/{file.id}").status_code == 404
    assert db.session.query(Access).filter_by(what="file").count() == 2


def test_who_acts_for_somebody_gets_no_file_before_that_person_agrees(app: Any, client: Browser) -> None:
    helper = feedback.Person(name="Ada Helper", email="ada@example.org")
    case = sayings.concern(representative=helper, authority="friend", relation="behalf")
    file = files.keep(upload(), sayings.person_of(case), case_id=case.id)
    db.session.commit()
    client.get(link(sayings.party_of(case, "representative")))
    assert client.get(f"/track/case/files/{file.id}").status_code == 404
    feedback.agree_to_representative(case, sayings.party_of(case), True, sayings.person_of(case))
    db.session.commit()
    assert client.get(f"/track/case/files/{file.id}").status_code == 200


def test_the_night_clears_what_no_row_knows(app: Any) -> None:
    draft = drafting.begin("feedback")
    kept = files.keep(upload(), PUBLIC, draft_id=draft.id)
    taken_back = files.keep(upload(), PUBLIC, draft_id=draft.id)
    files.remove_from_draft(draft.id, taken_back.id)
    db.session.commit()
    lost, fresh = store.put(io.BytesIO(b"lost")), store.put(io.BytesIO(b"fresh"))
    folder = Path(app.config["CASEWORK_HOME"]) / "files"
    (folder / "ab").mkdir(exist_ok=True)
    half = folder / "ab" / ("ab" + "0" * 30 + ".new")
    half.write_bytes(b"half")
    old = now().timestamp() - 90_000
    for name in (kept.stored, taken_back.stored, lost):
        os.utime(folder / name[:2] / name, (old, old))
    os.utime(half, (old, old))
    with moved_to(now() + timedelta(days=2)):
        sweeping.removed(date.today())
        sweeping.orphans(date.today())
    assert set(store.names()) >= {kept.stored, fresh}
    assert not {lost, taken_back.stored} & set(store.names())
    assert not half.exists()
    db.session.delete(db.session.get(type(draft), draft.id))  # as the night does with drafts
    db.session.commit()
    assert db.session.query(Attachment).one().draft_id is None
    with moved_to(now() + timedelta(days=2)):
        assert sweeping.removed(date.today()) == 1


class Clamd(threading.Thread):
    """A scanner that refuses what has a word in it, as clamd answers INSTREAM; None says nothing at all."""

    def __init__(self, says: bytes | None = None) -> None:
        super().__init__(daemon=True)
        self.server = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.server.getsockname()[1]}"
        self.says = says
        self.start()

    def run(self) -> None:
        while True:
            try:
                link, _ = self.server.accept()
            except OSError:
                return
            with link, link.makefile("rb") as got:
                assert got.read(10) == b"zINSTREAM\0"
                content = b""
                while size := int.from_bytes(got.read(4), "big"):
                    content += got.read(size)
                verdict = b"stream: Eicar FOUND\0" if b"EICAR" in content else b"stream: OK\0"
                link.sendall(verdict if self.says is None else self.says)


@pytest.fixture
def clamd(app: Any) -> Any:
    found = Clamd()
    app.config["CLAMD_SOCKET"] = found.address
    yield found
    app.config["CLAMD_SOCKET"] = None
    found.server.close()


def test_where_there_is_a_scanner_nobody_gets_a_file_before_its_word(app: Any, clamd: Clamd, client: Browser) -> None:
    case = sayings.concern()
    good = files.keep(upload(), sayings.person_of(case), case_id=case.id)
    bad = files.keep(upload("bad.jpg", JPEG + b"EICAR"), sayings.person_of(case), case_id=case.id)
    db.session.commit()
    client.get(link(sayings.party_of(case)))
    assert client.get(f"/track/case/files/{good.id}").status_code == 404

    clamd.says = b"INSTREAM size limit exceeded. ERROR\0"
    assert scanner.scan_next() == good.id
    assert good.verdict == "waiting"
    clamd.says = None
    db.session.rollback()
    assert worker.scan() == 2
    db.session.expire_all()
    assert (good.verdict, bad.verdict) == ("clean", "refused")
    assert client.get(f"/track/case/files/{good.id}").status_code == 200
    assert client.get(f"/track/case/files/{bad.id}").status_code == 404
    sweeping.orphans(date.today())
    with pytest.raises(store.Missing):
        list(store.get(bad.stored))


def test_a_scanner_that_is_away_lets_nothing_through(app: Any, clamd: Clamd) -> None:
    app.config["CLAMD_SOCKET"] = "127.0.0.1:1"
    draft = drafting.begin("feedback")
    file = files.keep(upload(), PUBLIC, draft_id=draft.id)
    assert scanner.scan_next() == file.id
    assert file.verdict == "waiting"
    assert scanner.scan_next(file.id) == 0
