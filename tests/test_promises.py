"""What is true everywhere. The architecture fails the build; it is not a wiki page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from werkzeug.routing import AnyConverter

from casework import tables
from casework.accounts.door import mark_of
from casework.cases import registry
from casework.emails.render import environment as letters
from casework.extensions import Base, db
from casework.history import service as history
from casework.outbox.messages import EMAIL_ONLY, MESSAGES
from casework.roles import Role
from casework.running import migrations
from casework.settings.declared import SETTINGS
from tests import factories
from tests.browser import Browser

ROOT = Path(__file__).resolve().parents[1]

# Every page that anybody may open, by name. A new public page has to be added here by hand.
PUBLIC = {
    "static",
    "accounts.sign_in", "accounts.code", "accounts.invitation", "accounts.new_password", "accounts.reset", "accounts.sign_out",

    "complaint_numbers.show", "complaint_numbers.download",
    "pages.home", "pages.privacy", "pages.accessibility", "pages.contact", "pages.service_feedback", "pages.service_feedback_sent", "pages.security",
    "pages.robots", "pages.favicon", "cookies.show", "cookies.choose", "cookies.customise", "cookies.kept",  "cookies.count",
    "learned.what_changed",
    "stops.show", "stops_files.about", "stops_files.table", "stops_files.dictionary", "stops_files.index", "stops_files.figures",
    "stops_news.listed", "stops_news.releases", "stops_news.feed", "stops_news.release", "stops_news.file", "stops_news.pack",
    "own_figures.feedback", "own_figures.feedback_file",
    "papers.show", "papers.download",
    "health.live", "health.ready", "health.metrics",
    "numbers.show", "numbers.download", "rides.about", "rides.tell_me", "rides.tell_me_form", "rides.apply", "rides.page", "rides.answer", "rides.not_yet", "rides.paused",
    "rides.save", "rides.back", "rides.check", "rides.send", "rides.equality", "rides.done",
    "saying.start", "saying.complain", "saying.go_on", "saying.page", "saying.answer", "saying.add_evidence", "saying.check", "saying.send", "saying.send_now", "saying.done",
    "saying.equality", "saying.save", "saying.back", "saying.forget",
    "track.find", "track.link", "track.lost", "track.case", "track.leave", "track.message", "track.answer", "track.check_answer",
    "track.next_part", "track.ready", "track.details", "track.withdraw", "track.reconsider", "track.offer", "track.cancel",
    "track.feedback", "track.confirm", "track.object_to_change", "files.own", "track.write", "track.reply", "track.offered", "track.record", "track.take_back", "track.review",
    "track.panel", "track.authority", "track.sent_message",
}  # fmt: skip


def test_every_page_is_public_by_name_or_behind_the_door(app: Any) -> None:
    for endpoint, view in app.view_functions.items():
        mark = mark_of(view)
        assert mark is not None, endpoint
        assert mark.public == (endpoint in PUBLIC), f"{endpoint} is {'public' if mark.public else 'for staff'}"


def test_every_table_is_whole() -> None:
    from workers.jobs import JOBS

    assert tables.check(JOBS) == []


def test_every_drawing_and_the_list_of_rules_are_fresh() -> None:
    for path, text in tables.drawings().items():
        assert path.read_text() == text, f"run `casework workflows draw`: {path.name} is out of date"


def test_every_message_has_its_parts_and_no_folder_is_without_a_message() -> None:
    folders = {path.name for path in (ROOT / "templates" / "emails").iterdir() if path.is_dir()}
    assert folders == set(MESSAGES)
    for name in MESSAGES:
        for part in tables.PARTS:
            assert (ROOT / "templates" / "emails" / name / part).read_text().strip(), (name, part)


def test_every_message_to_somebody_in_a_case_has_its_letter_and_no_letter_is_without_a_message() -> None:
    twins = {path.stem for path in (ROOT / "templates" / "letters").glob("[a-z]*.html")}
    assert twins == set(MESSAGES) - EMAIL_ONLY


def test_every_setting_has_words_a_source_and_a_key_of_its_own() -> None:
    assert len({d.key for d in SETTINGS}) == len(SETTINGS)
    for declared in SETTINGS:
        assert declared.words and declared.source, declared.key


def test_every_template_parses_and_is_strict(app: Any) -> None:
    for path in (ROOT / "templates").rglob("*.*"):
        name = str(path.relative_to(ROOT / "templates"))
        environment = letters() if name.startswith(("emails/", "letters/")) else app.jinja_env
        environment.get_template(name)
        assert environment.undefined.__name__ == "StrictUndefined"
    assert app.jinja_env.autoescape


def test_no_template_marks_text_as_safe() -> None:
    for path in (ROOT / "templates").rglob("*.html"):
        assert not re.search(r"\|\s*safe\b", path.read_text()), path


def test_there_is_one_migration_head_and_the_models_agree_with_it(program: Any, database: dict[str, str]) -> None:
    assert len(migrations.heads()) == 1
    engine = create_engine(database["owner_url"].replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_nobody_but_the_one_writer_assigns_a_state() -> None:
    writers = []
    for path in (ROOT / "casework").rglob("*.py"):
        for line in path.read_text().splitlines():
            if re.search(r"\b\w+\.state\s*=[^=]", line):
                writers.append(path.relative_to(ROOT).as_posix())
    assert writers == ["casework/cases/service.py"]


def test_nothing_but_the_workers_sends_or_knows_redis() -> None:
    for path in (ROOT / "casework").rglob("*.py"):
        if path.name == "cli.py" or "running" in path.parts:
            continue
        text = path.read_text()
        assert not re.search(r"^\s*(from|import) (rq|redis|workers)\b", text, re.MULTILINE), path
        assert "smtplib" not in text or path.parent.name == "emails", path


def test_history_refuses_to_be_changed_by_the_application_and_by_the_owner(app: Any, cast: Any, database: Any) -> None:
    factories.ride()
    history.record_access(cast.coordinator, "case")
    db.session.commit()
    for url in (database["url"], database["owner_url"]):
        for statement in (
            "UPDATE events SET action = 'x'",
            "DELETE FROM events",
            "TRUNCATE events CASCADE",
            "DELETE FROM access_log",
        ):
            with psycopg.connect(url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


def _some(converter: Any) -> Any:
    return sorted(converter.items)[0] if isinstance(converter, AnyConverter) else 1


def _contents(admin_url: str) -> dict[str, str]:
    """A digest of every table but those that looking at a page may touch."""
    touched = {"access_log", "sessions", "attempts", "incidents", "alembic_version", "page_counts", "presences"}
    with psycopg.connect(admin_url) as connection:
        names = [row[0] for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        return {
            name: connection.execute(
                f"SELECT md5(coalesce(string_agg(t::text, chr(10) ORDER BY t::text), '')) FROM \"{name}\" t"
            ).fetchone()[0]
            for name in names
            if name not in touched
        }


def test_looking_changes_nothing(app: Any, cast: Any, demo_mode: None, database: dict[str, str]) -> None:
    made = factories.booked(cast)
    db.session.commit()
    people = [cast.account(name) for name in ("coordinator", "supervisor", "vetting_officer", "host", "admin")]
    browsers = [Browser(app)]
    for person in people:
        browser = Browser(app)
        browser.sign_in(person.email)
        browsers.append(browser)
    values = {
        "reference": made.ride.reference,
        "booking_id": made.booking_id,
        "slot_id": made.slot.id,
        "slug": "north",
        "secret": "x" * 22,
    }
    before = _contents(database["admin_url"])
    seen = 0
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or rule.endpoint in {"static"}:
            continue
        given = {name: values.get(name, _some(rule._converters.get(name))) for name in rule.arguments}
        with app.test_request_context():
            from flask import url_for

            path = url_for(rule.endpoint, **given)
        for browser in browsers:
            assert browser.get(path).status_code < 500, (path, browser.words[:300])
            seen += 1
    assert seen > 300
    assert _contents(database["admin_url"]) == before


def test_no_page_has_a_form_without_a_token_but_the_cookie_banner(app: Any) -> None:
    for path in (ROOT / "templates").rglob("*.html"):
        for form in re.findall(r'<form[^>]*method="post".*?</form>', path.read_text(), flags=re.DOTALL | re.IGNORECASE):
            if path.name in {"_cookie_banner.html", "cookies.html"}:
                continue
            assert "csrf" in form or "hidden" in form, path


def test_every_state_of_every_table_has_words_and_somebody_it_waits_for() -> None:
    for kind in registry.everything():
        for name, spec in kind.workflow.states.items():
            assert spec.public.endswith((".", "?")), (kind.workflow.name, name)
            assert spec.final or spec.waits_for in set(Role), (kind.workflow.name, name)


def test_no_file_of_ours_outgrows_its_room() -> None:
    for folder in ("casework", "workers"):
        for path in (ROOT / folder).rglob("*.py"):
            assert len(path.read_text().splitlines()) <= 400, path


def test_every_proof_that_the_list_of_security_requirements_names_is_there() -> None:
    named = set(re.findall(r"`((?:tests|docs)/[^`]+)`", (ROOT / "docs/asvs.md").read_text()))
    assert len(named) > 20
    assert [path for path in sorted(named) if not (ROOT / path).is_file()] == []
