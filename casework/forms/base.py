"""What all questions share, and the form that holds them. Posted fields that nobody asked for are ignored.

CSRF is checked for every POST before a view runs, so forms carry no token field of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Self

from flask import request
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import Field
from wtforms.fields.core import UnboundField
from wtforms.i18n import DummyTranslations
from wtforms.validators import StopValidation


class Asked(Field):
    """One question: its label is the question, `missing` what to say where no answer is given (empty: optional).

    `what` names the answer in other messages: "Full name must be 200 characters or fewer".
    """

    kind: ClassVar[str] = "text"  # which piece of templates/_form.html shows it
    empty: Any = ""
    secret: ClassVar[bool] = False  # never shown again, never kept
    errors: Any = ()
    raw_data: list[str] | None = None

    def __init__(
        self,
        label: str = "",
        *,
        missing: str = "",
        hint: str = "",
        what: str = "Your answer",
        validators: Any = (),
        default: Any = None,
        autocomplete: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(label, tuple(validators), default=default, **kwargs)
        self.missing = missing
        self.hint = hint
        self.what = what
        self.autocomplete = autocomplete
        self.asleep = False

    # What a kind of question says for itself.

    def read(self, typed: str) -> Any:
        """The value of what was typed, or ValueError with the sentence to show. Given a text that is not blank."""
        return typed

    def show(self, value: Any) -> str:
        """The value as one would type it."""
        return "" if value is None else str(value)

    # What a template and a draft ask.

    @property
    def typed(self) -> str:
        """What stands in the input: what was typed, also if it was refused, or else the value."""
        if self.secret:
            return ""
        if self.raw_data is not None:
            return str(self.raw_data[0]) if self.raw_data else ""
        return self.show(self.data)

    @property
    def error(self) -> str:
        """The message to show, or nothing."""
        return str(self.errors[0]) if self.errors else ""

    @property
    def focus_id(self) -> str:
        """The id of the input that a link in the error summary leads to."""
        return str(self.id)

    @property
    def described_by(self) -> str:
        """The ids of hint and error, for aria-describedby."""
        ids = [f"{self.id}-hint"] if self.hint else []
        return " ".join([*ids, f"{self.id}-error"] if self.errors else ids)

    def inputs(self) -> dict[str, list[str]]:
        """What was typed, by name of input: what a draft keeps."""
        return {} if self.secret or not self.typed else {self.name: [self.typed]}

    def fail(self, message: str) -> None:
        """Add a message that only the view or the whole form could find."""
        self.errors = [*self.errors, message]

    # What WTForms calls.

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = self.empty
        typed = self.clean(str(valuelist[0])) if valuelist else ""
        if typed:
            self.data = self.read(typed)

    def clean(self, typed: str) -> str:
        """What was typed, without what nobody meant to type."""
        return typed.strip()

    def is_blank(self) -> bool:
        """Whether there is no answer."""
        return self.data in (None, "", [])

    def pre_validate(self, form: Any) -> None:
        if self.process_errors:
            raise StopValidation()
        if self.is_blank():
            raise StopValidation(self.missing)

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        if self.asleep:
            self.errors, self.data = [], self.empty
            return True
        return bool(super().validate(form, extra_validators))

    def revealed(self) -> Iterator[tuple[bool, str]]:
        """Other questions that an answer to this one reveals: whether it does now, and the name."""
        yield from ()


class Form(FlaskForm):
    """The base of every form. `validate_on_submit()` as in Flask-WTF; `typed()` and `again()` are for drafts."""

    class Meta:
        csrf = False

        def get_translations(self, form: Form) -> Any:
            """Our messages are our own, in English."""
            return DummyTranslations()

        def wrap_formdata(self, form: Form, formdata: Any) -> Any:
            """Only fields of a posted form count: neither JSON nor files are read here."""
            if formdata is None or hasattr(formdata, "getlist"):
                return formdata
            return request.form if request.method == "POST" else None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name, value in vars(cls).items():
            if isinstance(value, UnboundField) and hasattr(Form, name):
                raise TypeError(f"a question of {cls.__name__} is named {name!r}, as something of every form is")

    @classmethod
    def again(cls, typed: Mapping[str, list[str]] | None, **kwargs: Any) -> Self:
        """The form as `typed()` kept it; empty where nothing was kept."""
        return cls(formdata=MultiDict(typed), **kwargs) if typed else cls(formdata=MultiDict(), **kwargs)

    def typed(self) -> dict[str, list[str]]:
        """Everything typed, good or bad, by name of input; passwords left out."""
        kept: dict[str, list[str]] = {}
        for field in self.questions():
            kept |= field.inputs()
        return kept

    def questions(self) -> list[Asked]:
        """The questions in their order."""
        return [field for field in self if isinstance(field, Asked)]

    def shown(self) -> list[Asked]:
        """The questions that stand by themselves: not those that another one reveals, not hidden ones."""
        inside = {name for field in self.questions() for _, name in field.revealed()}
        return [f for f in self.questions() if f.short_name not in inside and f.kind != "hidden"]

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every answer. A question that the answer given does not reveal is neither checked nor kept."""
        for field in self.questions():
            field.asleep = False
        for field in self.questions():
            for awake, name in field.revealed():
                if field.asleep or not awake:
                    self._fields[name].asleep = True
        return bool(super().validate(extra_validators))

    def problems(self) -> list[tuple[str, str]]:
        """Each message with the id of the input it is about (empty: the form as a whole), in the order of the page."""
        found = [(str(message), "") for message in self.form_errors]
        return found + [(field.error, field.focus_id) for field in self.questions() if field.errors]
