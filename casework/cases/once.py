"""While one page is put together, parts of it that know nothing of each other ask the same: it is read once.

Only for putting together what is shown: nothing is written meanwhile, and what was read is forgotten at its end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

Given = ParamSpec("Given")
Value = TypeVar("Value")

_read: ContextVar[dict[Any, Any] | None] = ContextVar("read", default=None)


@contextmanager
def while_shown() -> Iterator[None]:
    """Inside, each question of `asked` with the same arguments is asked once."""
    token = _read.set({})
    try:
        yield
    finally:
        _read.reset(token)


def known(query: Callable[..., Value], *args: Any) -> Value | None:
    """What a query of `asked` was answered to just these arguments, if it was asked for this page."""
    read = _read.get() or {}
    found: Value | None = read.get((query.__wrapped__, args, ()))  # type: ignore[attr-defined]
    return found


def asked(query: Callable[Given, Value]) -> Callable[Given, Value]:
    """Let a query be asked once while a page is put together, and every time otherwise."""

    @wraps(query)
    def answer(*args: Given.args, **kwargs: Given.kwargs) -> Value:
        read = _read.get()
        if read is None:
            return query(*args, **kwargs)
        key = (query, args, tuple(kwargs.items()))
        if key not in read:
            read[key] = query(*args, **kwargs)
        return read[key]  # type: ignore[no-any-return]

    return answer
