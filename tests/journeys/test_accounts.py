"""A new member of staff: from the invitation to the second factor, and to a password that was forgotten."""

from __future__ import annotations

import re
import uuid

import pyotp

from tests.journeys import plain
from tests.journeys.conftest import Visit
from tests.journeys.installation import Installation

FIRST, SECOND = "seven geese over the weir", "a heron stands in the lock"


def test_somebody_is_invited_sets_up_a_second_factor_and_chooses_a_new_password(
    installation: Installation, visit: Visit
) -> None:
    email = f"ngozi.{uuid.uuid4().hex[:8]}@demo.example"
    admin = visit().sign_in("admin")
    admin.follow("People", ".cw-tabs")
    admin.follow("Add somebody")
    admin.write("Full name", "Ngozi Achebe")
    admin.write("Work email address", email)
    admin.pick("Role", "Supervisor")
    admin.pick("Area", "Central East")
    admin.press("Add and invite")

    new = visit()
    new.open(installation.mail(email, "Your account in Casework").link("/staff/invitation/"))
    new.write("New password", "password")
    new.press("Save the password")
    new.sees("There is a problem")
    new.write("New password", FIRST)
    new.press("Save the password")
    if "/staff/sign-in" in new.page.url:
        new.sign_in_here(email.partition("@")[0], FIRST)
    new.open("/staff/account/second-factor")
    key = re.search(r"Key: ([A-Z2-7 ]+?) (?:Code|$)", new.words)
    assert key, new.words
    app = pyotp.TOTP(key[1].replace(" ", ""))
    new.write("Code", app.now())
    new.press("Continue", "main")
    new.sees("Keep these recovery codes")
    recovery = re.findall(r"\b[0-9A-Z]{4,}-[0-9A-Z-]{4,}\b", new.words)
    new.press("I have kept them")
    new.press("Sign out")

    new.open("/staff/reset")
    new.write("Email address", email)
    new.press("Send the link")
    new.sees("Check your email")
    new.open(installation.mail(email, "Choose a new password").link("/staff/reset/"))
    new.write("New password", SECOND)
    new.press("Save the password")
    new.open("/staff/sign-in")
    new.write("Email address", email)
    new.write("Password", SECOND)
    new.press("Sign in", "main")
    new.sees("Six digits from your authenticator app")
    new.write("Code", recovery[0])
    new.press(new.page.locator("main button[type=submit]").first.inner_text(), "main")
    new.sees("Queue", "Ngozi Achebe")


def test_an_administrator_reads_a_case_only_with_a_reason_and_data_protection_is_told(
    installation: Installation, visit: Visit
) -> None:
    reference, _ = plain.apply(installation, "Wulandari", "glass@example.org")
    admin = visit().sign_in("admin")
    admin.follow("Settings", ".cw-tabs")
    admin.follow("Read a case in an emergency")
    admin.write("Reference", reference)
    admin.press("Read the case")
    admin.sees("There is a problem", "Enter the reason")
    admin.write("Why do you have to read it?", "The applicant is at the door and nobody is here.")
    admin.press("Read the case")
    admin.sees("Wulandari", "Read in an emergency by an administrator")
    admin.sees_not("What you can do now")
    installation.mail("data-protection@demo.example", "this cannot wait")
