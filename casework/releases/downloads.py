"""Figures on stop and search as files and for programs: the choice of an address as CSV or JSON, and what it means."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from casework.accounts.door import public
from casework.areas import queries as areas
from casework.releases import answers, files, looking, queries
from casework.releases.choices import POWERS, Choice, Choices, address, read
from casework.releases.cube import Count
from casework.releases.files import Block
from casework.releases.queries import Published
from casework.settings import service as settings

bp = Blueprint("stops_files", __name__)

NONE_YET = "No month is published yet."


@bp.get("/stop-and-search/data")
@public
def about() -> ResponseReturnValue:
    """Where the data comes from, what each column means, how programs ask for it, and how people are protected."""
    return render_template(
        "releases/data.html",
        columns=files.COLUMNS,
        dimensions=files.DIMENSIONS,
        powers=POWERS,
        threshold=int(settings.value("numbers.threshold")),
        fewest=int(settings.value("numbers.median")),
        base=int(settings.value("numbers.base")),
        site=current_app.config["PUBLIC_URL"],
    )


@bp.get("/stop-and-search/figures.csv")
@public
def table() -> ResponseReturnValue:
    """The choice of the address as CSV."""
    choices, published, blocks = _asked()
    if choices is None or choices.problems:
        return _plainly(choices.problems if choices else (NONE_YET,), 400 if choices else 404)
    name = "-".join(["stop-and-search", *address(choices.first).values()])
    saved = "".join(letter if letter.isascii() and letter.isalnum() or letter == "-" else "-" for letter in name)
    return answers.file(files.as_csv(blocks), answers.CSV, _changed(published), f"{saved.lower()}.csv")


@bp.get("/stop-and-search/dictionary.json")
@public
def dictionary() -> ResponseReturnValue:
    """The data dictionary for machines."""
    return answers.file(files.dictionary(url_for("stops_files.table")), answers.JSON, None, stands=answers.DAY)


@bp.get("/api/v1/stop-and-search")
@public
def index() -> ResponseReturnValue:
    """What programs can ask for."""
    published = queries.months()
    about: dict[str, Any] = {
        "notice": files.NOTICE,
        "licence": files.LICENCE,
        "documentation": url_for("stops_files.about"),
        "figures": url_for("stops_files.figures"),
        "releases": url_for("stops_news.listed"),
        "force": published[0].force if published else None,
        "made_up": any(month.made_up for month in published),
        "months": [f"{month.month:%Y-%m}" for month in published],
        "areas": {},
        "groups": {},
        "powers": POWERS,
    }
    if published:
        offer = looking.offered(published, queries.has_places(published))
        about |= {"areas": dict(offer.areas), "groups": dict(offer.groups)}
    return answers.file(files.dumped(about), answers.JSON, _changed(published))


@bp.get("/api/v1/stop-and-search/figures")
@public
def figures() -> ResponseReturnValue:
    """The choice of the address as JSON."""
    choices, published, blocks = _asked()
    if choices is None or choices.problems:
        problems = choices.problems if choices else (NONE_YET,)
        refused = Response(files.dumped({"errors": list(problems)}), 400 if choices else 404, content_type=answers.JSON)
        refused.headers["Access-Control-Allow-Origin"] = "*"
        return refused
    releases = [f"{month.force}-{month.month:%Y-%m}-v{month.number}" for month in published]
    made_up = any(month.made_up for month in published)
    content = files.as_json(blocks, made_up=made_up, releases=releases)
    return answers.file(content, answers.JSON, _changed(published))


def _asked() -> tuple[Choices | None, list[Published], list[Block]]:
    """What the address asks for, the months that it holds, and their figures."""
    published = queries.months()
    if not published:
        return None, [], []
    offer = looking.offered(published, queries.has_places(published))
    choices = read(request.args, offer)
    if choices.problems:
        return choices, published, []
    wanted = [choice for choice in (choices.first, choices.second) if choice is not None]
    held = [m for m in published if any(choice.since <= m.month <= choice.until for choice in wanted)]
    return choices, held, [_block(choice, offer, published) for choice in wanted]


def _block(choice: Choice, offer: Any, published: list[Published]) -> Block:
    found = looking.chosen(choice, offer, published)
    months = {f"{month:%Y-%m}": count for month, count in found.by_month.items()}
    cells: dict[str, dict[str, Count]] = {"total": {"": found.total}, "month": months}
    if areas.by_slug(choice.area) is None or choice.area == "":
        cells |= found.cells
    else:
        cells |= {dimension: values for dimension, values in found.cells.items() if dimension != "borough"}
    return Block(choice.area, choice.since, choice.until, choice.group, choice.power, cells)


def _changed(published: list[Published]) -> Any:
    return max((month.released_at for month in published), default=None)


def _plainly(problems: tuple[str, ...], status: int) -> Response:
    return Response("\n".join(problems) + "\n", status, content_type="text/plain; charset=utf-8")
