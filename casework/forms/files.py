"""A question for files. The form's tag needs `enctype="multipart/form-data"`, and its view the mark `with_files`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import has_request_context, request

from casework.forms.base import Asked

View = TypeVar("View", bound=Callable[..., Any])


def with_files(view: View) -> View:
    """Mark a view to which files are sent: its requests may be large. Stands right under the route."""
    view._with_files = True  # type: ignore[attr-defined]
    return view


class Files(Asked):
    """Any number of files, as the browser sent them: `data` is a list of them, those without a name left out.

    What is in them is checked by whoever keeps them, who then calls `fail`. A browser never shows chosen files again,
    so good ones are kept at once (`exchanges.files.keep_all`), also where something else on the page is wrong.
    """

    kind = "files"
    empty: Any = ()

    def __init__(self, label: str = "", *, accept: str = "", **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.accept = accept

    @property
    def typed(self) -> str:
        return ""

    def process_data(self, value: Any) -> None:
        self.data = []

    def process_formdata(self, valuelist: list[str]) -> None:
        sent = request.files.getlist(self.name) if has_request_context() and request.method == "POST" else []
        self.data = [upload for upload in sent if upload.filename]

    def inputs(self) -> dict[str, list[str]]:
        return {}
