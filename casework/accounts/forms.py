"""What staff are asked when they sign in, and administrators when they manage accounts."""

from __future__ import annotations

from typing import Any, ClassVar

from casework.accounts.passwords import SHORTEST
from casework.forms import Code as CodeField
from casework.forms import Confirm, DateParts, Email, Form, Hidden, Password, Select, Text
from casework.moments import today

_PASSWORD_HINT = (
    f"At least {SHORTEST} characters, of any kind. Three or four words that do not belong together are a good password."
)


class Login(Text):
    """An e-mail address to sign in with: not checked for its syntax, because a wrong one is simply not right."""

    input_type: ClassVar[str] = "email"

    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(label, max=254, spellcheck=False, what="Email address", autocomplete="username", **kwargs)


class SignInForm(Form):
    """E-mail address and password."""

    email = Login("Email address", missing="Enter your email address")
    password = Password("Password", missing="Enter your password")


class CodeForm(Form):
    """The second factor."""

    code = CodeField(
        "Code",
        missing="Enter the code that your app shows",
        hint="Six digits from your authenticator app, or one of your recovery codes.",
        autocomplete="one-time-code",
        inputmode="text",
        what="Code",
        width=20,
    )


class NewPasswordForm(Form):
    """A password chosen with an invitation or a reset."""

    password = Password(
        "New password", missing="Enter a new password", hint=_PASSWORD_HINT, autocomplete="new-password"
    )


class ChangePasswordForm(Form):
    """A password changed by somebody who knows the old one."""

    old = Password("Present password", missing="Enter your present password")
    password = Password(
        "New password", missing="Enter a new password", hint=_PASSWORD_HINT, autocomplete="new-password"
    )


class ResetForm(Form):
    """Where to send a link for a new password."""

    email = Login("Email address", missing="Enter your email address")


class SecondFactorForm(Form):
    """The code that shows that the app has the secret, which `setup` carries, sealed, from the page to its post."""

    setup = Hidden(max=1000)
    code = CodeField(
        "Code",
        missing="Enter the six digits that your app shows",
        autocomplete="one-time-code",
        inputmode="numeric",
        width=10,
    )


class ReplaceFactorForm(SecondFactorForm):
    """The same, for somebody who has a second factor already: the password too."""

    password = Password("Your password", missing="Enter your password")


class SearchForm(Form):
    """Part of a name or an address."""

    words = Text("Name or email address", missing="Enter part of a name or an email address", max=100, width=30)


class GrantForm(Form):
    """A role in an area from a day to a day."""

    role = Select("Role", missing="Choose a role")
    area = Select("Area", missing="Choose an area")
    from_on = DateParts("First day", missing="Enter the first day", what="First day", default=lambda: today())
    until_on = DateParts("Last day (optional)", hint="Leave it empty if the role has no end.", what="Last day")


class AddForm(GrantForm):
    """A new account with its first role."""

    name = Text("Full name", missing="Enter the person's full name", what="Full name", autocomplete="off")
    email = Email("Work email address", missing="Enter the person's work email address", autocomplete="off")
    team = Text("Team (optional)", max=100, what="Team")


class CoverForm(Form):
    """Cover for somebody's absence."""

    grant = Select("Whose role is covered", missing="Choose the role to cover")
    from_on = DateParts("First day", missing="Enter the first day", what="First day", default=lambda: today())
    until_on = DateParts("Last day", missing="Enter the last day", what="Last day", earliest=lambda: today())


class DisableForm(Form):
    """Whether to close an account."""

    sure = Confirm("Yes, disable this account", missing="Tick the box to disable the account")


class SettingForm(Form):
    """A new value with its reason."""

    value = Text("New value", missing="Enter the new value", max=2000, what="New value")
    why = Text("Why it changes", missing="Say why it changes", max=500, what="The reason")
