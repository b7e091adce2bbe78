"""Forms of the tracker."""

from __future__ import annotations

from casework.forms import Address, Confirm, Email, Form, Phone, Postcode, Text


class DetailsForm(Form):
    """How to reach somebody. A new e-mail address has to be confirmed."""

    email = Email("Email address (optional)")
    phone = Phone("Phone number (optional)", hint="Leave it empty to keep the number that we have.")
    address = Address("Postal address (optional)", hint="Leave it empty to keep the address that we have.")
    postcode = Postcode("Postcode (optional)", abroad=True)
    voicemail = Confirm("You may leave a message on my voicemail")
    safe_times = Text("When is it best to call, or when should we not? (optional)", max=200, what="When to call")
