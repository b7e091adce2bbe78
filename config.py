"""Every setting, from the environment. A default stands here only if it is right for production and harmless in public.

What a force decides (periods, limits, wording) is data in its settings table, not here.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

ROOT = Path(__file__).resolve().parent
OPTIONAL_COOKIES = ("page_counts",)
MAKE_ONE = "make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
REQUIRED = object()

# Who is given what: a process gets, and is refused without, only what it works with. EVERYTHING is for tests.
EVERYTHING, WEB, WORKER, TICKER, COMMAND = "everything", "web", "worker", "ticker", "command"
ALL = frozenset({EVERYTHING, WEB, WORKER, TICKER, COMMAND})
BACK = frozenset({EVERYTHING, WORKER, TICKER})
FRONT = frozenset({EVERYTHING, WEB})
ONCE = frozenset({EVERYTHING, COMMAND})


class ConfigError(Exception):
    """A setting is missing or wrong; the message is a sentence for each, naming the variable."""


@dataclass(frozen=True)
class Setting:
    """One environment variable: what it is for, what it is when unset, how its text becomes a value, who gets it."""

    name: str
    default: Any
    parse: Callable[[str, str], Any]
    doc: str
    processes: frozenset[str] = ALL


def text(name: str, value: str) -> str:
    return value


def whole(lowest: int, highest: int) -> Callable[[str, str], int]:
    def parse(name: str, value: str) -> int:
        try:
            number = int(value)
        except ValueError:
            raise ConfigError(f"{name} must be a whole number, not {value!r}.") from None
        if not lowest <= number <= highest:
            raise ConfigError(f"{name} must be from {lowest} to {highest}, not {number}.")
        return number

    return parse


def seconds(name: str, value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if not 0 < number <= 86400:
        raise ConfigError(f"{name} must be a number of seconds, not {value!r}.")
    return number


def yes(name: str, value: str) -> bool:
    if value.lower() in ("1", "yes", "true", "on"):
        return True
    if value.lower() in ("0", "no", "false", "off"):
        return False
    raise ConfigError(f"{name} must be 1 or 0, not {value!r}.")


def level(name: str, value: str) -> str:
    if value.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise ConfigError(f"{name} must be debug, info, warning or error, not {value!r}.")
    return value.upper()


def database(name: str, value: str) -> str:
    """A libpq address, as SQLAlchemy with psycopg 3 wants it."""
    head, found, rest = value.partition("://")
    if not found or head not in ("postgres", "postgresql", "postgresql+psycopg"):
        raise ConfigError(f"{name} must look like postgresql://user:password@host/database.")
    return f"postgresql+psycopg://{rest}"


def redis(name: str, value: str) -> str:
    if not value.startswith(("redis://", "rediss://", "unix://")):
        raise ConfigError(f"{name} must look like redis://host:6379/0, rediss://... or unix:///path.")
    return value


def smtp(name: str, value: str) -> str:
    mail_settings(value)
    return value


def scanner(name: str, value: str) -> str:
    """Where clamd listens: the path of its socket, or host and port."""
    host, _, port = value.rpartition(":")
    if not value.startswith("/") and not (host and port.isdecimal() and 0 < int(port) < 65536):
        raise ConfigError(f"{name} must look like /run/clamav/clamd.ctl or host:3310.")
    return value


def public_url(name: str, value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ConfigError(f"{name} must look like https://casework.example: it begins every link in a message.")
    return value.rstrip("/")


def secret(name: str, value: str) -> str:
    """A secret that stays text: at least 32 random bytes, written in hex or base64."""
    secret_bytes(name, value)
    return value


def secret_bytes(name: str, value: str) -> bytes:
    """The bytes of a secret that is written in hex or base64; refuses short ones and made-up ones."""
    if re.fullmatch(r"(?:[0-9a-fA-F]{2})+", value):
        raw = bytes.fromhex(value)
    else:
        raw = _base64(value)
    if len(raw) < 32:
        raise ConfigError(f"{name} must hold at least 32 random bytes in hex or base64; {MAKE_ONE}")
    if len(set(raw)) < 12:
        raise ConfigError(f"{name} is not random: its bytes repeat; {MAKE_ONE}")
    return raw


def fallbacks(name: str, value: str) -> list[str]:
    return [secret(name, part.strip()) for part in value.split(",") if part.strip()]


def optional_cookies(name: str, value: str) -> list[str]:
    """The optional cookies that visitors are asked about, with commas; "none" asks about none."""
    wanted = [part.strip() for part in value.split(",") if part.strip()]
    if wanted == ["none"]:
        return []
    if not set(wanted) <= set(OPTIONAL_COOKIES):
        raise ConfigError(f"{name} must be none or some of: {', '.join(OPTIONAL_COOKIES)}.")
    return wanted


def data_keys(name: str, value: str) -> dict[str, bytes]:
    """Key id to 32 bytes, in the order given: the first one encrypts, all of them decrypt."""
    keys: dict[str, bytes] = {}
    for part in value.split(","):
        label, _, key = part.strip().partition(":")
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,15}", label) or not key or label in keys:
            raise ConfigError(f"{name} must look like 'k2:base64key,k1:base64key', each id once; {MAKE_ONE}")
        keys[label] = secret_bytes(name, key)
        if len(keys[label]) != 32:
            raise ConfigError(f"{name}: the key {label} must be exactly 32 bytes (AES-256); {MAKE_ONE}")
    return keys


# fmt: off
SETTINGS = [
    # where things are
    Setting("DATABASE_URL", REQUIRED, database,
        "PostgreSQL 15 or newer, as the application's role, which owns nothing."),
    Setting("DATABASE_OWNER_URL", None, database,
        "The same database as the role that owns the tables; for migrations. Unset: DATABASE_URL.", frozenset()),
    Setting("REDIS_URL", REQUIRED, redis,
        "Redis or Valkey for the job queue. Holds nothing that cannot be made again. The web does not use it.", BACK),
    Setting("SMTP_URL", REQUIRED, smtp,
        "smtp://user:password@host:port, smtps://... for TLS from the start, ?starttls=1 for STARTTLS.", BACK),
    Setting("MAIL_FROM", REQUIRED, text,
        "The sender of every message: 'Casework <casework@force.example>' or an address."),
    Setting("PUBLIC_URL", REQUIRED, public_url,
        "How the public reaches the service; links in messages begin with it, and only its host is served."),
    Setting("CASEWORK_HOME", "instance", text, "The folder for what is kept outside the database."),
    # secrets
    Setting("SECRET_KEY", REQUIRED, secret, "Signs the session cookie's id and form tokens.", FRONT),
    Setting("SECRET_KEY_FALLBACKS", [], fallbacks,
        "Older SECRET_KEYs, with commas, that still verify while they are rotated out.", FRONT),
    Setting("CASEWORK_LINK_KEY", REQUIRED, secret_bytes,
        "Derives the secret links to a case. A new one ends every link that was sent."),
    Setting("CASEWORK_CODE_KEY", REQUIRED, secret_bytes,
        "Derives the codes that are typed from a letter. A new one ends every code that was sent."),
    Setting("CASEWORK_HISTORY_KEY", REQUIRED, secret_bytes,
        "Chains the history, so that whoever can write to the database still cannot forge it."),
    Setting("CASEWORK_INDEX_KEY", REQUIRED, secret_bytes,
        "Hashes e-mail addresses and names for exact look-ups of what is encrypted."),
    Setting("CASEWORK_DATA_KEYS", REQUIRED, data_keys,
        "Encrypts columns: 'k2:base64key,k1:base64key'; the first encrypts, the others still decrypt."),
    # the web
    Setting("PORT", 8000, whole(0, 65535), "The port that the web listens on; 0 takes a free one."),
    Setting("CASEWORK_BIND", "127.0.0.1", text,
        "The address that the web listens on. Demo mode listens on loopback whatever this says."),
    Setting("TRUSTED_PROXIES", 0, whole(0, 5),
        "How many proxies in front set X-Forwarded-*; 0 believes no such header."),
    Setting("METRICS_TOKEN", None, secret, "Bearer token for /metrics; unset, only loopback may read it.", FRONT),
    Setting("STAFF_IDLE_MINUTES", 30, whole(1, 480), "A staff session ends after so long without a request."),
    Setting("STAFF_ABSOLUTE_HOURS", 12, whole(1, 24), "A staff session ends after so long whatever happens."),
    Setting("TRACK_IDLE_MINUTES", 20, whole(1, 240),
        "An applicant's tracking session ends after so long without a request."),
    Setting("MAX_CONTENT_LENGTH", 1024 * 1024, whole(1024, 64 * 1024 * 1024),
        "The largest request in bytes; larger ones are refused unread."),
    Setting("OPTIONAL_COOKIES", None, optional_cookies,
        "Optional cookies that the banner asks about, with commas: page_counts; 'none' asks about none. Unset: none, "
        "but page_counts in a demonstration.", FRONT),
    Setting("MAX_UPLOAD_LENGTH", 60 * 1024 * 1024, whole(1024, 512 * 1024 * 1024),
        "The same for the pages on which files are sent."),
    Setting("CLAMD_SOCKET", None, scanner,
        "Scans every file that is sent before anybody gets it: /run/clamav/clamd.ctl or host:3310. Unset: no scanner."),
    Setting("POST_SCAN_FOLDER", None, text,
        "Where the post room's scanner puts files, each batch into a folder of its number. Unset: CASEWORK_HOME/scans.",
        BACK),
    Setting("MAX_FORM_PARTS", 1000, whole(10, 10000), "The most fields in a form."),
    # the workers
    Setting("LEASE_SECONDS", 30.0, seconds,
        "How long a claimed message is left to its worker before another may take it."),
    Setting("SMTP_TIMEOUT", 20.0, seconds, "How long to wait for the relay; must be shorter than LEASE_SECONDS."),
    Setting("DRAINS", 2, whole(1, 64), "How many jobs may be sending at once."),
    Setting("WORKERS", 1, whole(1, 64), "How many worker processes `casework up` keeps."),
    # the rest
    Setting("FORCE_NAME", REQUIRED, text, "The name of the force, on every page and message."),
    Setting("LOG_LEVEL", "INFO", level, "debug, info, warning or error."),
    Setting("CASEWORK_DEMO", False, yes,
        "1 makes this a demonstration, for ever: made-up people, no second factor, loopback only."),
    Setting("CASEWORK_DEMO_CASES", 300, whole(0, 100_000),
        "With how many applications an empty demonstration is filled; 0 leaves it empty.", ONCE),
    Setting("CASEWORK_DEMO_FEEDBACK", 160, whole(0, 100_000),
        "With how much feedback an empty demonstration is filled.", ONCE),
    Setting("CASEWORK_DEMO_COMPLAINTS", 60, whole(0, 100_000),
        "With how many complaints an empty demonstration is filled, beside those that feedback became.", ONCE),
    Setting("CASEWORK_DEMO_PASSWORD", None, text,
        "The password of the demonstration's staff; unset, one is made and printed.", ONCE),
]
# fmt: on


def load(env: Mapping[str, str], process: str = EVERYTHING) -> dict[str, Any]:
    """The Flask configuration for a process (web, worker, ticker, command or everything), or ConfigError.

    Keys are the settings' names, plus what Flask and its extensions read. Settings that the process does not need are
    absent, so that nothing can come to rely on a secret it should not have.
    """
    values: dict[str, Any] = {}
    faults: list[str] = []
    for setting in SETTINGS:
        if process in setting.processes:
            try:
                values[setting.name] = _value(setting, env.get(setting.name, "").strip())
            except ConfigError as error:
                faults.append(str(error))
    if faults:
        raise ConfigError("\n".join(faults))
    _refuse_one_secret_for_two_purposes(values)
    _refuse_contradictions(values)
    return values | _derived(values)


def from_environment(process: str = WEB) -> dict[str, Any]:
    """`load` of this process's own environment."""
    return load(os.environ, process)


def environment_for(process: str, env: Mapping[str, str]) -> dict[str, str]:
    """Of an environment, the settings that a process needs, as they were given."""
    return {s.name: env[s.name] for s in SETTINGS if process in s.processes and env.get(s.name, "").strip()}


def owner_url(env: Mapping[str, str]) -> str:
    """The database as the role that owns the tables, for migrations; the application's where there is no other."""
    for name in ("DATABASE_OWNER_URL", "DATABASE_URL"):
        if env.get(name, "").strip():
            return database(name, env[name].strip())
    raise ConfigError("DATABASE_URL is not set.")


def mail_settings(url: str) -> dict[str, Any]:
    """Flask-Mail's configuration for an SMTP_URL."""
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ConfigError("SMTP_URL must look like smtp://user:password@host:587?starttls=1 or smtps://host.")
    try:
        port = parts.port
    except ValueError:
        raise ConfigError("SMTP_URL has a port that is not a number.") from None
    starttls = parse_qs(parts.query).get("starttls", ["0"])[-1] == "1"
    tls = parts.scheme == "smtps"
    return {
        "MAIL_SERVER": parts.hostname,
        "MAIL_PORT": port or (465 if tls else 587 if starttls else 25),
        "MAIL_USERNAME": unquote(parts.username) if parts.username else None,
        "MAIL_PASSWORD": unquote(parts.password) if parts.password else None,
        "MAIL_USE_SSL": tls,
        "MAIL_USE_TLS": starttls and not tls,
    }


def _value(setting: Setting, given: str) -> Any:
    if given:
        return setting.parse(setting.name, given)
    if setting.default is REQUIRED:
        raise ConfigError(f"{setting.name} is not set. {setting.doc}")
    return setting.default


def _derived(values: dict[str, Any]) -> dict[str, Any]:
    """What Flask, Flask-SQLAlchemy and Flask-Mail want to be told, from the settings."""
    https = values["PUBLIC_URL"].startswith("https://")
    derived: dict[str, Any] = {
        "SQLALCHEMY_DATABASE_URI": values["DATABASE_URL"],
        # a visitor is told within seconds that the database is away
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "pool_timeout": 2,
            "pool_pre_ping": True,
            # those that have prepared most are used first
            "pool_use_lifo": True,
            "connect_args": {"connect_timeout": 2},
        },
        "MAX_FORM_MEMORY_SIZE": values.get("MAX_CONTENT_LENGTH"),
        # __Host- needs TLS; a plain name where there is none
        "SESSION_COOKIE_NAME": "__Host-casework" if https else "casework",
        "SESSION_COOKIE_SECURE": https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "PREFERRED_URL_SCHEME": "https" if https else "http",
    }
    if "SMTP_URL" in values:
        derived |= mail_settings(values["SMTP_URL"]) | {"MAIL_DEFAULT_SENDER": values["MAIL_FROM"]}
    return derived


def _refuse_one_secret_for_two_purposes(values: dict[str, Any]) -> None:
    seen: dict[bytes, str] = {}
    for name in ("SECRET_KEY", "CASEWORK_LINK_KEY", "CASEWORK_CODE_KEY", "CASEWORK_HISTORY_KEY", "CASEWORK_INDEX_KEY"):
        if name not in values:
            continue
        value = values[name] if isinstance(values[name], bytes) else secret_bytes(name, values[name])
        if value in seen:
            raise ConfigError(f"{name} and {seen[value]} are the same: each secret serves one purpose; {MAKE_ONE}")
        seen[value] = name
    for key in values.get("CASEWORK_DATA_KEYS", {}).values():
        if key in seen:
            raise ConfigError(f"CASEWORK_DATA_KEYS holds {seen[key]}: each secret serves one purpose; {MAKE_ONE}")


def _refuse_contradictions(values: dict[str, Any]) -> None:
    if values["SMTP_TIMEOUT"] >= values["LEASE_SECONDS"]:
        raise ConfigError("SMTP_TIMEOUT must be shorter than LEASE_SECONDS, or a slow relay makes a message go twice.")
    host = urlsplit(values["PUBLIC_URL"]).hostname
    if values["PUBLIC_URL"].startswith("http://") and not values["CASEWORK_DEMO"] and host not in LOOPBACK:
        raise ConfigError("PUBLIC_URL must begin with https://: personal data and secret links travel over it.")


LOOPBACK = ("127.0.0.1", "localhost", "::1")


def _base64(value: str) -> bytes:
    try:
        return base64.b64decode(value.replace("-", "+").replace("_", "/") + "=" * (-len(value) % 4), validate=True)
    except (binascii.Error, ValueError):
        return b""
