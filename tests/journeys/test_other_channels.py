"""People who want no e-mail: letters that are printed and posted, calls that are made, answers that are keyed in."""

from __future__ import annotations

import re

import pypdf

from tests.journeys import plain
from tests.journeys.conftest import Visit
from tests.journeys.installation import Installation
from tests.journeys.visitor import PHONE, Visitor

BY_POST = {"channel": "letter", "address": "12 Osier Lane\nThamesmere", "postcode": "N1 1AA"}
BY_PHONE = {"channel": "phone", "phone": "020 7946 0020", "safe_times": "Evenings only", "voicemail": "yes"}


def test_a_letter_is_printed_and_posted_and_an_answer_on_paper_is_keyed_in(
    installation: Installation, visit: Visit
) -> None:
    reference, _ = plain.apply(installation, "Rosalind Achterberg", "", contact=BY_POST)
    coordinator = visit().sign_in("coordinator-b")
    coordinator.open(f"/staff/rides/{reference}/ask")
    coordinator.write("Your question", "Which weekends suit you?")
    coordinator.press("Send the question")

    clerk = visit().sign_in("clerk")
    clerk.follow("Letters", ".cw-tabs")
    clerk.sees("Rosalind Achterberg", "Question to the applicant")
    clerk.press("Make a print run")
    for _ in range(60):
        if "Being rendered" not in clerk.page.inner_text("main"):
            break
        clerk.page.wait_for_timeout(500)
        clerk.follow("Look again")
    clerk.sees("Ready to print", reference)
    clerk.press("Print")
    with clerk.page.expect_download() as saved:
        clerk.page.get_by_role("link", name="Open the letters (PDF)").click()
    pages = pypdf.PdfReader(saved.value.path()).pages
    printed = " ".join(" ".join(page.extract_text().split()) for page in pages)
    for words in ("Which weekends suit you?", "12 Osier Lane", reference, "enter your reference and this code"):
        assert words in printed, words
    envelopes = int(re.findall(r"Letters (\d+)", clerk.words)[-1])
    clerk.write("How many envelopes have you filled?", str(envelopes + 5))
    clerk.press("Enter the count")
    clerk.sees("Blocked: wrong count", "Nothing is posted until that is put right")
    clerk.write("How many envelopes have you filled?", str(envelopes))
    clerk.press("Count again")
    clerk.tick("First class")
    clerk.press("All of them were posted")
    clerk.sees("Posted", "First class")

    clerk.follow("Key in", ".cw-tabs")
    clerk.press("Continue", "main")
    clerk.sees("There is a problem")
    clerk.write("Reference", reference.lower())
    clerk.tick("An answer to our question")
    clerk.press("Continue", "main")
    clerk.write("The applicant's answer", "Every one in March.")
    clerk.press("Record the answer", "main")
    clerk.sees("The answer is recorded.")
    coordinator.open(f"/staff/cases/{reference}")
    coordinator.sees("Every one in March.", "Posted", "New, to be looked at")


def test_somebody_who_wants_to_be_called_is_called(installation: Installation, visit: Visit) -> None:
    reference, _ = plain.apply(installation, "Ademola Wickremasinghe", "", contact=BY_PHONE)
    clerk: Visitor = visit(PHONE).sign_in("clerk")
    clerk.open("/staff/calls")
    clerk.sees("Evenings only")
    clerk.follow("Ademola Wickremasinghe")
    clerk.sees("What to say", "We have received your application", reference, "Allowed")
    clerk.press("Keep this try")
    clerk.sees("There is a problem", "Choose what happened")
    clerk.tick("Reached")
    clerk.press("Keep this try")
    clerk.sees(f"{reference}: the call is done.")
