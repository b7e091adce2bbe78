"""Settings of publication. Pure; part of `declared.py`."""

from __future__ import annotations

from casework.settings.shape import Declared

_P = "proposal [P]"

RELEASE_SETTINGS: tuple[Declared, ...] = (
    Declared(
        "releases.force",
        "",
        "Whose months the pages show, as in the name of a police.uk file (metropolitan); empty: the newest",
        "deployment",
        kind="text",
    ),
    Declared(
        "releases.largest",
        50,
        "The largest monthly file in MB; a month of a large force is 3 to 6 MB",
        _P + ", shared data",
        kind="number",
    ),
    Declared("release.refused.keep", "12 months", "The file of a release that was refused", _P),
)
