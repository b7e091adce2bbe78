"""The account that the embedded PostgreSQL runs as: ours, or, as root, one that can do less."""

from __future__ import annotations

import errno
import hashlib
import os
import pwd
import shutil
import subprocess
from pathlib import Path
from typing import Any, TypedDict

# PostgreSQL keeps paths in 1,024 bytes, and appends to them
LONGEST = 800


# where there is room for what cannot stay where it belongs; kept over a reboot
BASES = {"root": Path("/var/lib/casework"), "user": Path.home() / ".local/share/casework"}


class As(TypedDict, total=False):
    """How subprocess changes to an account."""

    user: int
    group: int
    extra_groups: list[int]


class Servant:
    """Whom a server runs as. `options` goes to subprocess; `owner` is None where that is simply ourselves."""

    def __init__(self, folder: Path) -> None:
        self.owner: int | None = None
        self.group = 0
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            self.owner, self.group = nobody.pw_uid, nobody.pw_gid
            if folder.exists() and folder.stat().st_uid not in (0, nobody.pw_uid):
                # made by an ordinary user before: go on as that user
                self.owner, self.group = folder.stat().st_uid, folder.stat().st_gid

    @property
    def options(self) -> As:
        return As(user=self.owner, group=self.group, extra_groups=[]) if self.owner is not None else As()

    def give(self, folder: Path) -> None:
        """Make a private folder that the servant owns."""
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        if self.owner is not None:
            os.chown(folder, self.owner, self.group)

    def can_use(self, folder: Path) -> bool:
        """Whether the servant can really get to a folder and write there: closed parents show only when tried."""
        if len(os.fsencode(folder)) > LONGEST:
            return False
        return self.run(["/bin/sh", "-c", 'cd "$0" && : >.probe && rm .probe', str(folder)]).returncode == 0

    def can_run(self, program: Path) -> bool:
        if len(os.fsencode(program)) > LONGEST:
            return False
        return self.run([str(program), "--version"]).returncode == 0

    def run(self, command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
        """Run a program as the servant, from a folder that everybody may be in, without our environment."""
        env = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"}
        try:
            return subprocess.run(
                command, cwd="/", env=env, capture_output=True, text=True, **self.options, **options
            )  # fmt: skip
        except OSError as error:
            # not there; or what the servant may not even start; or a root that may not become anybody else
            return subprocess.CompletedProcess(command, 126, "", str(error))


def place_for(folder: Path) -> Path:
    """Where `elsewhere` is for a folder, whether or not there is anything."""
    base = BASES["root" if os.geteuid() == 0 else "user"]
    return base / hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]


def elsewhere(folder: Path) -> Path:
    """A place for what a servant cannot use where it belongs; always the same one for a folder."""
    mode, place = 0o711 if os.geteuid() == 0 else 0o700, place_for(folder)
    base = place.parent
    base.mkdir(parents=True, exist_ok=True)
    if base.stat().st_uid != os.geteuid():
        raise PermissionError(errno.EPERM, "belongs to somebody else", str(base))
    for made in (base, place):
        made.mkdir(exist_ok=True)
        made.chmod(mode)
    return place


def copy_program(package: Path, place: Path, label: str) -> Path:
    """Copy a wheel's package, with the libraries beside it, to where a servant can run it; return the new folder."""
    target = place / label
    if not target.is_dir():
        draft = place / (label + ".new")
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(package, draft / package.name, ignore=shutil.ignore_patterns("include", "__pycache__"))
        libraries = package.with_name(package.name + ".libs")
        if libraries.is_dir():
            shutil.copytree(libraries, draft / libraries.name)
        for path in [draft, *draft.rglob("*")]:
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or path.stat().st_mode & 0o100 else 0o444))
        draft.rename(target)
    return target / package.name
