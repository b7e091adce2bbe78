"""Questions that are answered by choosing. A choice that was not offered is no answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from wtforms.validators import StopValidation

from casework.forms.base import Asked


@dataclass(frozen=True)
class Option:
    """One choice. `reveals` names questions of the same form that are asked only if it is chosen.

    `alone` means that it goes with no other: "None of these".
    """

    value: Any
    label: str
    hint: str = ""
    reveals: tuple[str, ...] | str = ()
    alone: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The names in `reveals`, however they were given."""
        return (self.reveals,) if isinstance(self.reveals, str) else self.reveals

    @property
    def text(self) -> str:
        """The value as the page posts it."""
        return str(self.value)


def _option(given: Any) -> Option:
    return given if isinstance(given, Option) else Option(*given)


class Choice(Asked):
    """A question with options: (value, label[, hint]) or `Option`s. Set `choices` in the view where they vary."""

    empty: Any = None

    def __init__(self, label: str = "", *, choices: Iterable[Any] = (), inline: bool = False, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self._options: list[Option] = []
        self.choices = choices
        self.inline = inline

    @property
    def choices(self) -> list[Option]:
        """The options. Setting them reads the posted answer again."""
        return self._options

    @choices.setter
    def choices(self, given: Iterable[Any]) -> None:
        self._options = [_option(one) for one in given]
        if self.raw_data is not None:
            self.process_errors = []
            try:
                self.process_formdata(self.raw_data)
            except ValueError as wrong:
                self.process_errors = [str(wrong)]

    @property
    def typed(self) -> str:
        return self.show(self.data)

    def read(self, typed: str) -> Any:
        for option in self._options:
            if option.text == typed:
                return option.value
        raise ValueError(self.missing or "Choose one of the answers offered")

    def is_chosen(self, option: Option) -> bool:
        """Whether an option is chosen now."""
        return self.data is not None and option.value == self.data

    def id_of(self, option: Option) -> str:
        """The id of an option's input: the first has the question's own, so that a link can lead to it."""
        place = self._options.index(option)
        return str(self.id) if place == 0 else f"{self.id}-{place + 1}"

    def revealed(self) -> Iterator[tuple[bool, str]]:
        named: dict[str, bool] = {}
        for option in self._options:
            for name in option.names:
                named[name] = named.get(name, False) or self.is_chosen(option)
        for name, awake in named.items():
            yield awake, name

    def under(self, option: Option) -> list[Asked]:
        """The questions shown under an option."""
        return [self._form._fields[name] for name in option.names]


class Radios(Choice):
    """One of a few."""

    kind = "radios"

    def is_blank(self) -> bool:
        return self.data is None


class Select(Choice):
    """One of many. `prompt` is what stands there before anything is chosen."""

    kind = "select"

    def __init__(self, label: str = "", *, prompt: str = "Choose one", **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.prompt = prompt

    def is_blank(self) -> bool:
        return self.data is None


class YesNo(Radios):
    """Yes or no, as True or False; None where it was not answered."""

    def __init__(
        self,
        label: str = "",
        *,
        yes_reveals: tuple[str, ...] | str = (),
        no_reveals: tuple[str, ...] | str = (),
        yes: str = "Yes",
        no: str = "No",
        **kwargs: Any,
    ) -> None:
        options = [Option(True, yes, reveals=yes_reveals), Option(False, no, reveals=no_reveals)]
        kwargs.setdefault("inline", not (yes_reveals or no_reveals) and yes == "Yes" and no == "No")
        super().__init__(label, choices=options, **kwargs)

    def read(self, typed: str) -> Any:
        return super().read({"yes": "True", "no": "False"}.get(typed.lower(), typed))


class Checkboxes(Choice):
    """Any of a few, as a list in the order offered."""

    kind = "checkboxes"
    empty: Any = None

    def process_data(self, value: Any) -> None:
        self.data = list(value or [])

    def process_formdata(self, valuelist: list[str]) -> None:
        given = {str(one).strip() for one in valuelist}
        self.data = [option.value for option in self._options if option.text in given]

    def is_chosen(self, option: Option) -> bool:
        return option.value in (self.data or [])

    def inputs(self) -> dict[str, list[str]]:
        return {self.name: [o.text for o in self._options if self.is_chosen(o)]} if self.data else {}

    def pre_validate(self, form: Any) -> None:
        super().pre_validate(form)
        alone = next((o for o in self._options if o.alone and self.is_chosen(o)), None)
        if alone and len(self.data) > 1:
            raise StopValidation(f"Choose your answers, or choose “{alone.label}”, not both")


class Confirm(Asked):
    """One box to tick. With `missing` it must be ticked."""

    kind = "confirm"
    empty: Any = False

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = any(str(one).strip().lower() in ("yes", "y", "on", "1", "true") for one in valuelist)

    def process_data(self, value: Any) -> None:
        self.data = bool(value)

    def is_blank(self) -> bool:
        return not self.data

    def inputs(self) -> dict[str, list[str]]:
        return {self.name: ["yes"]} if self.data else {}
