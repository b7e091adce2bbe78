"""Letters: how many of one page a minute one core renders, from template to the PDF of a print run, and its memory."""

from __future__ import annotations

import resource
import time
from types import SimpleNamespace

from markupsafe import Markup

from casework.emails.render import TEMPLATES, environment
from casework.letters.manifest import Line, manifest
from casework.moments import today
from casework.printing import codes, document, qr

AIM = 600
RUN = 100  # letters in a print run


def measure(runs: int) -> list[str]:
    """Render print runs of letters that differ; the lines of the report."""
    if lacks := document.missing():
        return [f"letters a minute and core: not measured. {lacks}"]
    _run(0)  # fonts are looked for once
    begun, pages = time.process_time(), 0
    for number in range(1, runs + 1):
        pages += _run(number)
    spent = time.process_time() - begun
    rate = 60 * runs * RUN / spent
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    assert pages == runs * RUN, "the letters of the bench have one page each"
    met = "met" if rate >= AIM else "MISSED"
    return [
        f"letters of one page a minute and core ({RUN} in a run){rate:10.0f}   aim {AIM}  {met}",
        f"CPU a letter in ms{1000 * spent / runs / RUN:38.1f}   memory of the process {peak:.0f} MB",
    ]


def _run(number: int) -> int:
    style = (TEMPLATES / "letters" / "letter.css").read_text()
    made = [document.lay_out(_letter(number, each), [style]) for each in range(RUN)]
    lines = [Line(each, "RA-7K4M-Q2XT-9", "Application received", 1, "") for each in range(RUN)]
    front = manifest(number, today(), lines)
    document.together([front, *made])
    return sum(each.pages for each in made)


def _letter(number: int, each: int) -> str:
    reference = "RA-7K4M-Q2XT-9"
    paper = SimpleNamespace(
        subject=f"{reference}: we have received your application", reference=reference, name=f"Ama Boateng {each}",
        contact={"post": "PO Box 1, Casework House", "phone": "020 7946 0000"}, code=f"7K4M-Q2XT-{number:02}{each:02}",
        page="application", track_url="https://casework.example/track",
    )  # fmt: skip
    said = Markup("".join(f"<p>{words} Number {each}.</p>" for words in _WORDS))
    code = codes.write(codes.ReplyCode(reference, 1000 * number + each + 1), b"k" * 32)
    return environment().get_template("letters/ride-received.html").render(
        paper=paper, said=said, day="Monday 2 March 2026", copy=False, large=False, answers=False, force="Thamesmere",
        to=[f"Ama Boateng {each}", f"{each} High Street", "London", "N1 1AA"], back_to="PO Box 1, Casework House",
        reply_to="FREEPOST", drawing=qr.drawing(code, "Code of this letter"),
    )  # fmt: skip


_WORDS = (
    "We have received your application to ride along with officers, and thank you for it.",
    "A coordinator looks at it within five working days. Then we may ask you a question, or for the next part of it.",
    "We check police records about everybody who rides. That can take some weeks, and we tell you if it takes longer.",
    "When our checks are done we decide, and tell you. If we say no, you can ask once for it to be looked at again.",
    "You can withdraw at any time, by telephone or by post. You do not have to say why.",
)
