"""The software bill of materials: what Casework runs on, from the lock files alone, as CycloneDX JSON. No network.

The same lock files give the same bill, to the letter, so that two bills can be compared.
"""

from __future__ import annotations

import base64
import json
import re
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PYTHON = Path("requirements/run.txt")
BROWSER = Path("package-lock.json")
PROJECT = Path("pyproject.toml")
_PIN = re.compile(
    r"^(?P<name>[a-z0-9][a-z0-9._-]*)(?:\[[^\]]*\])?==(?P<version>[^ ;\\]+)(?: ; (?P<only>[^\\]+?))? \\?$"
)
_NAMES = uuid.UUID("5cc5f9a2-4e0f-5d0b-8d2c-6d1c7d0b6f10")


@dataclass
class _Pinned:
    """One package of the Python lock: its files' hashes, and which packages it is there for."""

    name: str
    version: str
    only: str
    hashes: list[str] = field(default_factory=list)
    via: list[str] = field(default_factory=list)

    @property
    def ref(self) -> str:
        return f"pkg:pypi/{self.name}@{self.version}"


def bill(root: Path) -> str:
    """The bill of the program whose lock files lie under a folder. Raises ValueError for a lock that it cannot read."""
    version = re.search(r'^version = "([^"]+)"', (root / PROJECT).read_text(), re.MULTILINE)
    me = f"pkg:generic/casework@{version[1] if version else '0'}"
    pinned = _pinned((root / PYTHON).read_text())
    browser = json.loads((root / BROWSER).read_text())["packages"]
    found: dict[str, Any] = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {"type": "application", "bom-ref": me, "name": "casework", "version": me.partition("@")[2]}
        },
        "components": [*map(_python, pinned), *_packages(browser)],
        "dependencies": _dependencies(me, pinned, browser),
    }
    found["serialNumber"] = f"urn:uuid:{uuid.uuid5(_NAMES, json.dumps(found, sort_keys=True))}"
    return json.dumps(found, indent=2, sort_keys=True) + "\n"


def _pinned(lock: str) -> list[_Pinned]:
    """The packages of a lock file as uv writes it."""
    rows: list[_Pinned] = []
    for line in lock.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if pin := _PIN.match(line):
            rows.append(_Pinned(pin["name"], pin["version"], pin["only"] or ""))
        elif rows and (hashed := re.fullmatch(r"    --hash=sha256:([0-9a-f]{64})(?: \\)?", line)):
            rows[-1].hashes.append(hashed[1])
        elif rows and (via := re.fullmatch(r"    #(?: via| {2})? *(.*)", line)):
            rows[-1].via += [via[1]] if via[1] else []
        else:
            raise ValueError(f"{PYTHON} has a line that is neither a pin nor a hash: {line[:60]!r}")
    if not all(row.hashes for row in rows):
        raise ValueError(f"{PYTHON} has a package without a hash.")
    return rows


def _python(row: _Pinned) -> dict[str, Any]:
    properties = [{"name": "casework:file:sha256", "value": each} for each in row.hashes]
    if row.only:
        properties.append({"name": "casework:only-where", "value": row.only})
    return {"type": "library", "bom-ref": row.ref, "purl": row.ref, "name": row.name, "version": row.version,
            "scope": "required", "properties": properties}  # fmt: skip


def _packages(packages: dict[str, Any]) -> list[dict[str, Any]]:
    """What the browser is given; what only tests use is there too, as excluded."""
    components = []
    for path, facts in sorted(packages.items()):
        if not path:
            continue
        name = path.rpartition("node_modules/")[2]
        kind, _, value = facts["integrity"].partition("-")
        components.append(
            {"type": "library", "bom-ref": _npm(name, facts), "purl": _npm(name, facts), "name": name,
             "version": facts["version"], "scope": "excluded" if facts.get("dev") else "required",
             "licenses": [{"license": {"id": facts["license"]}}],
             "hashes": [{"alg": kind.replace("sha", "SHA-"), "content": base64.b64decode(value).hex()}]}
        )  # fmt: skip
    return components


def _dependencies(me: str, pinned: list[_Pinned], packages: dict[str, Any]) -> list[dict[str, Any]]:
    """Who needs whom: in the lock each package says what it is there for, here each says what it needs."""
    needs: dict[str, set[str]] = {ref: set() for ref in (me, *(row.ref for row in pinned))}
    refs: dict[str, list[str]] = {}
    for row in pinned:
        refs.setdefault(row.name, []).append(row.ref)
    for row in pinned:
        for reason in row.via:
            for ref in [me] if reason.startswith("-r ") else refs[reason]:
                needs[ref].add(row.ref)
    top = packages[""]
    for name in {**top.get("dependencies", {}), **top.get("devDependencies", {})}:
        needs[me].add(_npm(name, packages[f"node_modules/{name}"]))
    return [{"ref": ref, "dependsOn": sorted(wanted)} for ref, wanted in sorted(needs.items())]


def _npm(name: str, facts: dict[str, Any]) -> str:
    return f"pkg:npm/{name.replace('@', '%40')}@{facts['version']}"
