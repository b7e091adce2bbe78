"""The bill of materials says what is installed, from the lock files alone."""

from __future__ import annotations

import json
import re
import socket
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

import config
from casework.running import materials


@pytest.fixture
def bill(monkeypatch: pytest.MonkeyPatch) -> Any:
    def no_network(*_: Any) -> None:
        raise AssertionError("the bill of materials asks the network")

    monkeypatch.setattr(socket.socket, "connect", no_network)
    return json.loads(materials.bill(config.ROOT))


def test_every_pinned_package_is_named_once_with_its_hashes(bill: Any) -> None:
    lock = (config.ROOT / materials.PYTHON).read_text()
    pinned = set(re.findall(r"^([a-z0-9._-]+)==([^ ]+)", lock, re.MULTILINE))
    python = [each for each in bill["components"] if each["purl"].startswith("pkg:pypi/")]
    assert {(each["name"], each["version"]) for each in python} == pinned
    assert len(python) == len(pinned) <= 80
    hashes = [each["value"] for part in python for each in part["properties"] if each["name"] == "casework:file:sha256"]
    assert sorted(hashes) == sorted(re.findall(r"--hash=sha256:([0-9a-f]{64})", lock))
    browser = {each["name"]: each["scope"] for each in bill["components"] if each["purl"].startswith("pkg:npm/")}
    assert browser == {"govuk-frontend": "required", "axe-core": "excluded"}


def test_what_is_installed_is_what_the_bill_says(bill: Any) -> None:
    versions: dict[str, set[str]] = {}
    for each in bill["components"]:
        versions.setdefault(each["name"], set()).add(each["version"])
    for name in ("flask", "sqlalchemy", "rq", "psycopg", "cryptography"):
        assert metadata.version(name) in versions[name]


def test_everything_is_there_for_something_that_casework_needs(bill: Any) -> None:
    needs = {each["ref"]: each["dependsOn"] for each in bill["dependencies"]}
    reached, waiting = set(), [bill["metadata"]["component"]["bom-ref"]]
    while waiting:
        ref = waiting.pop()
        if ref not in reached:
            reached.add(ref)
            waiting += needs.get(ref, [])
    assert {each["bom-ref"] for each in bill["components"]} <= reached
    (flask,) = (each for each in needs if each.startswith("pkg:pypi/flask@"))
    assert any(each.startswith("pkg:pypi/jinja2@") for each in needs[flask])


def test_the_same_locks_give_the_same_bill_and_others_another(tmp_path: Path) -> None:
    first = materials.bill(config.ROOT)
    assert materials.bill(config.ROOT) == first
    for name in (materials.PYTHON, materials.BROWSER, materials.PROJECT):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text((config.ROOT / name).read_text())
    assert materials.bill(tmp_path) == first
    lock = tmp_path / materials.PYTHON
    lock.write_text(re.sub(r"^flask==\S+", "flask==0.0.1", lock.read_text(), flags=re.MULTILINE))
    assert json.loads(materials.bill(tmp_path))["serialNumber"] != json.loads(first)["serialNumber"]


@pytest.mark.parametrize("line", ["flask", "flask>=3 \\", "https://somewhere/flask.whl"])
def test_a_lock_with_anything_but_pins_and_hashes_is_refused(tmp_path: Path, line: str) -> None:
    for name in (materials.PYTHON, materials.BROWSER, materials.PROJECT):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text((config.ROOT / name).read_text())
    with (tmp_path / materials.PYTHON).open("a") as lock:
        lock.write(line + "\n")
    with pytest.raises(ValueError, match="neither a pin nor a hash"):
        materials.bill(tmp_path)
