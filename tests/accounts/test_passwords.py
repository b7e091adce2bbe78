"""Passwords: how they are hashed, how many at once, and what may not be one."""

from __future__ import annotations

import threading
import time
from typing import Any

import argon2
import pytest

from casework.accounts import denied, passwords

GOOD = [
    "wander plinth mackerel oboe",
    "Blue-Kettle-42-Wind",
    "x7Q!vbn2-Lp0zz9#e",
    "пароль не для всех 99",
    "鳥は空を飛び魚は海を泳ぐ、人は歩く",
    "🦊🦆🐙🐝🦔🐢🦉🐌🦋🐞🦕🐳🦜🐿️🦩",
    "   spaces at   both ends   ",
    "!!@#%^&*)(_+=[]{};:<>",
]

COMMON = [
    "passwordpassword",
    "Password1234567",
    "P@ssw0rdP@ssw0rd!",
    "password-password-password",
    "123456789012345",
    "qwertyuiopasdfgh",
    "QWERTYUIOP12345",
    "1qaz2wsx3edc4rfv",
    "aaaaaaaaaaaaaaaaaaaa",
    "abcabcabcabcabcabc",
    "gooseberrygooseberry",
    "gooseberry gooseberry",
    "liverpool-dragon-2024!",
    "correcthorsebatterystaple",
    "letmeinletmeinletmein",
    "iloveyouforever",
    "Administrator123!",
    "casework-casework1",
    "Thamesmere Police 1",
    "ThamesmerePolice2026",
]


@pytest.mark.parametrize("password", GOOD)
def test_any_characters_make_a_password(app: Any, password: str) -> None:
    assert denied.why_not(password, "Ada Byron", "ada@force.example") == ""
    assert passwords.matches(passwords.hash_of(password), password)


@pytest.mark.parametrize("password", COMMON)
def test_what_is_tried_first_is_denied(app: Any, password: str) -> None:
    assert denied.why_not(password, "Ada Byron", "ada@force.example") == denied.TOO_COMMON


@pytest.mark.parametrize(
    "password", ["AdaByron-AdaByron", "byron.ada.force.1", "ada@force.example", "Byron Ada 1999!!"]
)
def test_nobody_takes_their_own_name_or_address(app: Any, password: str) -> None:
    assert denied.why_not(password, "Ada Byron", "ada@force.example") == denied.TOO_COMMON


def test_the_list_holds_at_least_three_thousand_common_passwords(app: Any) -> None:
    assert len(denied._common()) >= 3000
    padded = [denied.why_not(word + "1" * max(1, 15 - len(word))) for word in sorted(denied._common())]
    assert all(padded)


def test_length_is_from_15_to_128_characters(app: Any) -> None:
    letters = "the quick onyx goblin jumps over a lazy dwarf, "
    assert denied.why_not(letters[:14]) == denied.TOO_SHORT
    assert denied.why_not(letters[:15]) == ""
    whole = (letters + letters.upper() + letters[::-1])[:128]
    assert denied.why_not(whole) == ""
    assert denied.why_not(whole + "x") == denied.TOO_LONG


def test_no_check_of_a_password_takes_long(app: Any) -> None:
    for nasty in ("a" * 128, "ab" * 64, "1" * 128, "password" * 16, " -" * 64):
        began = time.perf_counter()
        denied.why_not(nasty, "a" * 200, "a@" + "b" * 200)
        assert time.perf_counter() - began < 0.1


def test_hashes_are_argon2id_with_at_least_19_mib_and_two_passes(app: Any) -> None:
    parameters = argon2.extract_parameters(passwords.hash_of("wander plinth mackerel oboe"))
    assert parameters.type is argon2.Type.ID
    assert (parameters.memory_cost, parameters.time_cost, parameters.parallelism) >= (19 * 1024, 2, 1)


def test_an_accent_typed_in_two_ways_is_one_password(app: Any) -> None:
    assert passwords.matches(passwords.hash_of("cafe\u0301 au lait du matin"), "caf\u00e9 au lait du matin")


def test_a_smaller_hash_is_known_as_outdated(app: Any) -> None:
    weak = argon2.PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash("wander plinth mackerel oboe")
    assert passwords.outdated(weak)
    assert passwords.matches(weak, "wander plinth mackerel oboe")
    assert not passwords.outdated(passwords.hash_of("wander plinth mackerel oboe"))


def test_a_password_of_a_megabyte_is_refused_without_hashing_it(app: Any) -> None:
    began = time.perf_counter()
    assert not passwords.matches(None, "x" * 1_000_000)
    assert denied.why_not("x" * 1_000_000) == denied.TOO_LONG
    assert time.perf_counter() - began < 0.05


def test_a_broken_hash_matches_nothing(app: Any) -> None:
    assert not passwords.matches("not a hash", "wander plinth mackerel oboe")


def test_only_so_many_hash_at_once_and_the_rest_are_sent_away(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "PATIENCE", 0.05)
    held = [passwords._places.acquire(blocking=False) for _ in range(passwords.AT_ONCE)]
    assert all(held)
    try:
        with pytest.raises(passwords.Busy):
            passwords.matches(None, "wander plinth mackerel oboe")
    finally:
        for _ in held:
            passwords._places.release()
    results: list[bool] = []
    stored = passwords.hash_of("wander plinth mackerel oboe")
    monkeypatch.setattr(passwords, "PATIENCE", 10)
    threads = [
        threading.Thread(target=lambda: results.append(passwords.matches(stored, "wander plinth mackerel oboe")))
        for _ in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [True] * 12
