"""What is logged: one JSON line per event, and nothing that somebody could misuse."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework import logs

ROOT = Path(__file__).resolve().parents[1]


def logged(do: str) -> list[dict[str, Any]]:
    """What a process of its own logs: the set-up is for a whole process."""
    code = f"import logging\nfrom casework import logs\nlogs.set_up('worker', 'INFO')\nlog = logs.log\n{do}"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_one_line_per_event_with_control_characters_escaped() -> None:
    (line,) = logged("log.info('sent', owed=3, text='a\\nb\\r\\x1b[31m\\u2028{}')")
    assert line["event"] == "sent" and line["owed"] == 3 and line["process"] == "worker" and line["pid"] > 0
    assert line["text"] == "a\nb\r\x1b[31m\u2028{}" and line["level"] == "info" and line["timestamp"].endswith("Z")


def test_of_an_exception_only_its_class_and_place_are_kept() -> None:
    (ours, theirs) = logged(
        "try:\n    raise ValueError('Key (email)=(ada@example.org) exists')\n"
        "except ValueError as error:\n    log.error('broke', error=error)\n"
        "    logging.getLogger('library').exception('Exception on %s', '/cases/abcdefghijklmnopqrstuv')\n"
    )
    for line in (ours, theirs):
        assert line["error"] == "ValueError" and line["where"] == ["<string>:6 <module>"]
        assert "ada" not in json.dumps(line) and "abcdefgh" not in json.dumps(line)
    assert theirs["event"] == "Exception on %s" and theirs["logger"] == "library"


@pytest.mark.parametrize(
    "text",
    [
        "to ada.lovelace+x@example.org now",
        "GET /cases/Fv3-h2_kKQ8m1Yd0aBcDeF HTTP",
        "/track/confirm/u0DMtXp1AneYFt4JtVObZQ",
        "postgresql://casework:hunter2secret@db/casework",
        "password=hunter2secret and more",
        "Authorization: hunter2secret",
        "code 7K4M-Q2XT-91AB was wrong",
    ],
)
def test_addresses_secrets_and_codes_are_masked(text: str) -> None:
    masked = logs.mask(text)
    for secret in ("ada", "Fv3", "u0DM", "hunter2", "7K4M"):
        assert secret not in masked


def test_what_may_be_logged_is_left_readable() -> None:
    for text in ("ride-reconsideration-received", "RA-7K4M-Q2XT-9", "workers/drain.py:126 _one", "/cases/<secret>"):
        assert logs.mask(text) == text


@given(st.text(max_size=2000))
def test_any_text_is_masked_in_no_time_and_kept_short(text: str) -> None:
    assert len(logs.mask(text * 20)) <= 5 * logs.LONGEST


def test_a_reader_that_stops_reading_stops_nobody() -> None:
    code = (
        "import time\nfrom casework import logs\nlogs.set_up('web', 'INFO')\n"
        "begun = time.monotonic()\n"
        "for n in range(20000): logs.log.info('request', page='/', number=n, filler='x' * 100)\n"
        "import sys; sys.stderr.write(str(time.monotonic() - begun)); sys.stderr.flush(); import os; os._exit(0)"
    )
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stderr is not None and process.stdout is not None
    begun = time.monotonic()
    spent = float(process.stderr.read())
    assert spent < 20 and time.monotonic() - begun < 25
    process.wait()
    process.stdout.close()
    process.stderr.close()


def test_library_lines_come_through_the_same_door() -> None:
    (line,) = logged("logging.getLogger('rq.worker').warning('retrying in %d seconds', 3)")
    assert line["event"] == "retrying in 3 seconds" and line["level"] == "warning"
