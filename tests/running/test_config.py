"""The settings: what is refused, in which words, and who gets what."""

from __future__ import annotations

import base64
import hashlib

import pytest

import config


def made(name: str, length: int = 32) -> bytes:
    """Bytes that look random and are the same in every test process."""
    return hashlib.shake_256(name.encode()).digest(length)


def key(name: str, length: int = 32) -> str:
    return base64.urlsafe_b64encode(made(name, length)).decode().rstrip("=")


GOOD = {
    "DATABASE_URL": "postgresql://casework_app:p%40ss@db.force.example/casework?sslmode=verify-full",
    "REDIS_URL": "rediss://:pw@queue.force.example:6379/0",
    "SMTP_URL": "smtp://user%40force:p%3Aw@relay.force.example:587?starttls=1",
    "MAIL_FROM": "Casework <casework@force.example>",
    "PUBLIC_URL": "https://casework.force.example/",
    "FORCE_NAME": "Force",
    "SECRET_KEY": made("session").hex(),
    "CASEWORK_LINK_KEY": key("link"),
    "CASEWORK_CODE_KEY": key("code"),
    "CASEWORK_HISTORY_KEY": key("history", 48),
    "CASEWORK_INDEX_KEY": key("index"),
    "CASEWORK_DATA_KEYS": f"k2:{key('k2')}, k1:{key('k1')}",
}


def test_a_complete_environment_becomes_the_configuration() -> None:
    values = config.load(GOOD)
    assert values["SQLALCHEMY_DATABASE_URI"].startswith("postgresql+psycopg://casework_app:p%40ss@")
    assert values["SESSION_COOKIE_NAME"] == "__Host-casework" and values["SESSION_COOKIE_SECURE"]
    assert values["PUBLIC_URL"] == "https://casework.force.example"
    assert list(values["CASEWORK_DATA_KEYS"]) == ["k2", "k1"]
    assert len(values["CASEWORK_LINK_KEY"]) == 32 and len(values["CASEWORK_HISTORY_KEY"]) == 48
    assert (values["MAIL_SERVER"], values["MAIL_PORT"]) == ("relay.force.example", 587)
    assert (values["MAIL_USERNAME"], values["MAIL_PASSWORD"]) == ("user@force", "p:w")
    assert values["MAIL_USE_TLS"] and not values["MAIL_USE_SSL"]
    assert not values["CASEWORK_DEMO"] and values["TRUSTED_PROXIES"] == 0 and values["CASEWORK_BIND"] == "127.0.0.1"


@pytest.mark.parametrize(("given", "asked"), [("", None), ("none", []), ("page_counts", ["page_counts"])])
def test_the_optional_cookies_are_named_or_none(given: str, asked: list[str] | None) -> None:
    assert config.load(GOOD | {"OPTIONAL_COOKIES": given})["OPTIONAL_COOKIES"] == asked


@pytest.mark.parametrize("name", sorted(GOOD))
def test_what_is_missing_is_named(name: str) -> None:
    with pytest.raises(config.ConfigError, match=f"^{name} is not set"):
        config.load({key: value for key, value in GOOD.items() if key != name})


def test_everything_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(config.ConfigError) as caught:
        config.load(GOOD | {"PORT": "http", "LOG_LEVEL": "loud", "SECRET_KEY": ""})
    assert [line.split()[0] for line in str(caught.value).split("\n")] == ["SECRET_KEY", "PORT", "LOG_LEVEL"]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SECRET_KEY", "changeme", "at least 32 random bytes"),
        ("OPTIONAL_COOKIES", "page_counts,spy", "none or some of: page_counts"),
        ("SECRET_KEY", "dev", "at least 32 random bytes"),
        ("SECRET_KEY", "a sentence of more than forty characters, in words", "at least 32 random bytes"),
        ("SECRET_KEY", made("short", 31).hex(), "at least 32 random bytes"),
        ("CASEWORK_CODE_KEY", "0" * 64, "not random"),
        ("CASEWORK_CODE_KEY", "abcd" * 16, "not random"),
        ("CASEWORK_CODE_KEY", GOOD["CASEWORK_LINK_KEY"], "the same"),
        ("CASEWORK_DATA_KEYS", key("no id"), "k2:base64key"),
        ("CASEWORK_DATA_KEYS", f"k1:{key('long', 48)}", "exactly 32 bytes"),
        ("CASEWORK_DATA_KEYS", f"k1:{GOOD['CASEWORK_LINK_KEY']}", "one purpose"),
        ("SECRET_KEY_FALLBACKS", "old", "at least 32 random bytes"),
        ("METRICS_TOKEN", "token", "at least 32 random bytes"),
        ("DATABASE_URL", "mysql://db/casework", "postgresql://"),
        ("REDIS_URL", "localhost:6379", "redis://"),
        ("SMTP_URL", "relay.force.example", "smtp://"),
        ("SMTP_URL", "smtp://relay:many", "port"),
        ("PUBLIC_URL", "http://casework.force.example", "https://"),
        ("PUBLIC_URL", "casework.force.example", "https://"),
        ("SMTP_TIMEOUT", "30", "shorter than LEASE_SECONDS"),
        ("PORT", "70000", "from 0 to 65535"),
        ("CASEWORK_DEMO", "maybe", "1 or 0"),
    ],
)
def test_what_cannot_be_right_is_refused_and_named(name: str, value: str, said: str) -> None:
    with pytest.raises(config.ConfigError) as caught:
        config.load(GOOD | {name: value})
    assert name in str(caught.value) and said in str(caught.value)
    assert value not in str(caught.value) or len(value) < 20, "a secret is not repeated in what is said about it"


def test_a_process_is_given_only_the_secrets_that_it_works_with() -> None:
    web, worker, command = (config.load(GOOD, process) for process in (config.WEB, config.WORKER, config.COMMAND))
    assert "SECRET_KEY" in web and not {"REDIS_URL", "SMTP_URL", "MAIL_PASSWORD"} & set(web)
    assert {"REDIS_URL", "SMTP_URL"} <= set(worker) and not {"SECRET_KEY", "METRICS_TOKEN"} & set(worker)
    assert not {"SECRET_KEY", "REDIS_URL", "SMTP_URL"} & set(command)
    without = {name: value for name, value in GOOD.items() if name not in ("REDIS_URL", "SMTP_URL")}
    assert config.load(without, config.WEB)["FORCE_NAME"] == "Force"
    assert set(config.environment_for(config.WEB, GOOD | {"DATABASE_OWNER_URL": "x", "OTHER": "y"})) == set(without)


def test_migrations_run_as_the_owner_where_there_is_one() -> None:
    assert config.owner_url(GOOD) == config.load(GOOD)["DATABASE_URL"]
    owned = GOOD | {"DATABASE_OWNER_URL": "postgres://owner@db/casework"}
    assert config.owner_url(owned) == "postgresql+psycopg://owner@db/casework"


def test_every_setting_says_what_it_is_for() -> None:
    for setting in config.SETTINGS:
        assert setting.doc.endswith(".") and len(setting.doc) > 20, setting.name
