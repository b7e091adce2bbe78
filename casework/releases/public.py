"""The pages on stop and search that anybody may open: figures of a choice, what they mean, and the same as files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from casework.accounts.door import public
from casework.areas import queries as areas
from casework.releases import looking, names, overview, places, queries
from casework.releases.charts import Svg as Markup
from casework.releases.choices import POWERS, YEAR_BEFORE, Choice, Choices, Offered, address, months, read
from casework.releases.listing import Options, options
from casework.releases.overview import Chosen, Piece, Terms
from casework.settings import service as settings

bp = Blueprint("stops", __name__)


@bp.get("/stop-and-search")
@public
def show() -> ResponseReturnValue:
    """The figures of a choice, or of two beside each other."""
    published = queries.months()
    if not published:
        return render_template("releases/none.html")
    placed = queries.has_places(published)
    offer = looking.offered(published, placed)
    choices = read(request.args, offer)
    wanted = [choice for choice in (choices.first, choices.second) if choice is not None]
    chosen = [looking.chosen(choice, offer, published) for choice in wanted]
    terms = Terms(int(settings.value("numbers.base")), _names(chosen))
    newest = max(published, key=lambda month: month.month)
    page = {
        "newest_name": names.write(queries.STOPS, newest.force, newest.month, newest.number),
        "offer": offer,
        "choices": choices,
        "asked": address(choices.first, choices.second),
        "lists": _lists(choices, offer, placed),
        "chosen": chosen,
        "terms": terms,
        "keys": overview.key_figures(chosen, terms),
        "pieces": _pieces(choices, chosen, terms, placed),
        "placed": placed,
        "made_up": any(month.made_up for month in published),
        "newest": max(published, key=lambda month: month.released_at),
    }
    return render_template("releases/show.html", **page), 400 if choices.problems else 200


@dataclass(frozen=True)
class Listed:
    """A list to choose from."""

    name: str
    label: str
    options: Markup


def _lists(choices: Choices, offer: Offered, placed: bool) -> dict[str, list[Listed]]:
    """The lists of the form: of the choice, and of what it is compared with."""
    asked = address(choices.first, choices.second)
    every = tuple((f"{m:%Y-%m}", overview.month_words(m)) for m in reversed(months(offer.first, offer.last)))
    grouped = tuple(
        (words, tuple(each for each in offer.groups.items() if each[0].startswith(f"{dimension}:")))
        for dimension, words in looking.DIMENSION_WORDS.items()
    )
    area = tuple(offer.areas.items())
    whole, everybody = ("all", looking.FORCE), ("all", "Everybody")
    year = ((YEAR_BEFORE, "The same months a year before"),)

    def listed(name: str, label: str, first: str, *groups: tuple[str, Options]) -> Listed:
        found = (("", (("", first),)) if first else ("", ()), *groups)
        return Listed(name, label, options(found, asked.get(name, "")))

    one = [
        listed("from", "From", "", ("", every)),
        listed("to", "To", "", ("", every)),
        listed("group", "Group", "Everybody", *grouped),
        listed("power", "Powers", "", ("", tuple(POWERS.items()))),
    ]
    two = [
        listed("with_group", "Compare with group", "The same group", ("", (everybody,)), *grouped),
        listed("with_period", "Compare with period", "The same months", ("", year)),
    ]
    if placed:
        one.insert(0, listed("area", "Area", looking.FORCE, ("", area)))
        two.insert(0, listed("with_area", "Compare with area", "The same area", ("", (whole, *area))))
    return {"first": one, "second": two}


def _names(chosen: list[Chosen]) -> tuple[str, ...]:
    """What two choices are called where both are shown: what they have in common is said above them already."""
    if len(chosen) < 2:
        return ()
    split = [c.name.split(", ") for c in chosen]
    return tuple(", ".join(part for part in own if part not in other) or c.name
                 for c, own, other in zip(chosen, split, reversed(split), strict=True))  # fmt: skip


def _pieces(choices: Choices, chosen: list[Chosen], terms: Terms, placed: bool) -> list[Piece]:
    """The parts of the page, in its order."""
    found: list[Piece | None] = [overview.trend(chosen, terms)]
    if placed:
        found.append(_map(choices.first, chosen[0], terms))
    asked: dict[str, Any] = {"chosen": chosen, "terms": terms}
    found += [
        overview.breakdown("reason", "By reason", "object", **asked),
        overview.breakdown("outcome", "By outcome", "outcome", **asked),
        overview.breakdown("age", "By age", "age", **asked),
        overview.breakdown("sex", "By sex", "sex", **asked),
        overview.breakdown("self", "By ethnicity, self-defined", "self_group", notes=(SELF_DEFINED,), **asked),
        overview.breakdown("self-in-full", "By ethnicity, self-defined, in full", "self", **asked),
        overview.breakdown("officer", "By ethnicity, officer-defined", "officer", notes=(OFFICER_DEFINED,), **asked),
        overview.rates("rates", "Rate for each 1,000 residents, self-defined ethnicity", "self_group", **asked),
        overview.rates("rates-officer", "Rate for each 1,000 residents, officer-defined ethnicity", "officer", **asked),
        overview.section60(**asked),
    ]
    return [piece for piece in found if piece is not None]


SELF_DEFINED = "As the person described themselves. Not stated: the person did not want to say, or was not asked."
OFFICER_DEFINED = (
    "As the officer saw the person. Officers choose from fewer groups, and some forces have no Mixed among them."
)


def _map(choice: Choice, chosen: Chosen, terms: Terms) -> Piece | None:
    """Where the searches were; nothing for a single borough."""
    area = areas.by_slug(choice.area) if choice.area else None
    if area is not None and area.kind == "borough":
        return None
    return places.by_area(
        chosen.name,
        chosen.cells.get("borough", {}),
        looking.places(choice.area),
        choice.area,
        chosen.total.n,
        terms.fewest,
    )
