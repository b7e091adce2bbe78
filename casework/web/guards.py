"""What a request must be before any page sees it, and the headers that every answer carries.

The gate stands before Flask: what it refuses costs neither a session nor a database. It believes no header that anyone
can send.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter
from werkzeug.wrappers import Response as PlainResponse

from casework.web import errors

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]", "::1"})
FORWARDING = ("HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_CF_CONNECTING_IP", "HTTP_TRUE_CLIENT_IP", "HTTP_X_CLIENT_IP")
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})

CSP = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    # not no-referrer: browsers would then send "Origin: null" with our own forms
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()",
    "X-Frame-Options": "DENY",
}
HSTS = "max-age=31536000; includeSubDomains"


def set_up(app: Flask) -> None:
    """Put the gate in front of an app, limit its forms, and give its answers their headers."""
    inner: Any = app.wsgi_app
    gate = Gate(app, inner)
    proxies = 0 if app.config["CASEWORK_DEMO"] else app.config["TRUSTED_PROXIES"]
    # The host is ours by configuration: of a proxy we take only the visitor's address and whether there was TLS.
    outer: Any = ProxyFix(gate, x_for=proxies, x_proto=proxies, x_host=0, x_port=0, x_prefix=0) if proxies else gate
    vars(app)["wsgi_app"] = outer
    app.url_map.converters["int"] = WithinBigint
    first = app.before_request_funcs.setdefault(None, [])
    first.insert(0, refuse_too_many_fields)
    first.insert(0, allow_files)
    app.after_request(lambda response: with_headers(app, response))


class WithinBigint(IntegerConverter):
    """Whole numbers in addresses, as far as an id can go: any other leads nowhere."""

    def __init__(self, map: Any, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max", 2**63 - 1)
        super().__init__(map, *args, **kwargs)


class Gate:
    """Refuses foreign hosts, forwarding headers in a demonstration, unknown methods and bodies that are too large."""

    def __init__(self, app: Flask, inner: Any) -> None:
        self._app = app
        self._inner = inner

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        refused = self._refusal(environ)
        if refused is None:
            answer: Iterable[bytes] = self._inner(environ, start)
            return answer
        status, title, sentence = refused
        response = PlainResponse(
            errors.plain(self._app, title, [sentence]), status, content_type="text/html; charset=utf-8"
        )
        for name, value in _headers(self._app).items():
            response.headers[name] = value
        response.headers["Cache-Control"] = "no-store"
        return response(environ, start)

    def _refusal(self, environ: dict[str, Any]) -> tuple[int, str, str] | None:
        config = self._app.config
        if environ.get("REQUEST_METHOD") not in METHODS:
            return 405, "This cannot be done here", "Go back to the page that you came from."
        if config["CASEWORK_DEMO"] and any(name in environ for name in FORWARDING + _x_forwarded(environ)):
            return 403, "This demonstration answers this machine only", "It was reached through a proxy."
        if not _is_our_host(environ, config):
            return (
                403 if config["CASEWORK_DEMO"] else 400,
                "This is not the address of this service",
                "Check the address.",
            )
        length = str(environ.get("CONTENT_LENGTH") or "0")
        if not length.isdecimal() or (int(length) > config["MAX_CONTENT_LENGTH"] and not self._is_upload(environ)):
            return 413, errors.PAGES[413].title, errors.PAGES[413].sentences[0]
        return None

    def _is_upload(self, environ: dict[str, Any]) -> bool:
        """Whether a large body goes to a page on which files are sent, and is one of files that is not too large."""
        if int(environ["CONTENT_LENGTH"]) > self._app.config["MAX_UPLOAD_LENGTH"]:
            return False
        if not str(environ.get("CONTENT_TYPE", "")).lower().startswith("multipart/form-data"):
            return False
        try:
            endpoint, _ = self._app.url_map.bind("").match(str(environ.get("PATH_INFO", "")), "POST")
        except HTTPException:
            return False
        return takes_files(self._app.view_functions.get(endpoint))


def takes_files(view: Any) -> bool:
    """Whether files are sent on a page: its view is marked by `forms.with_files`."""
    return bool(getattr(view, "_with_files", False))


def allow_files() -> None:
    """Let the body of a page on which files are sent be as large as they may be; its fields stay as small as ever."""
    if request.endpoint and takes_files(current_app.view_functions.get(request.endpoint)):
        request.max_content_length = current_app.config["MAX_UPLOAD_LENGTH"]


def refuse_too_many_fields() -> None:
    """Refuse a form of too many fields before it is taken apart. The body's size is already limited."""
    if request.mimetype == "application/x-www-form-urlencoded":
        limit = request.max_form_parts or 1000
        if request.get_data(cache=True).count(b"&") >= limit:
            abort(413)


def with_headers(app: Flask, response: Response) -> Response:
    """The answer with the headers that every answer carries; kept by no cache unless its view said otherwise."""
    for name, value in _headers(app).items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def from_our_own_page() -> bool:
    """Whether the browser says that one of our own pages sent this request: for forms that need no session."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin") or request.headers.get("Referer") or ""
    parts = urlsplit(origin)
    return parts.scheme in ("http", "https") and parts.netloc == request.host


_LOCAL_PATH = re.compile(r"/(?:[\w.~!$&'()*+,;=:@%-][\w.~!$&'()*+,;=:@%/?-]*)?", re.ASCII)


def safe_back(target: str | None, otherwise: str = "/") -> str:
    """A path of ours to go back to, whatever was asked for: never another site, never a page that does something."""
    if not target or len(target) > 500 or not _LOCAL_PATH.fullmatch(target) or "//" in target:
        return otherwise
    return target


def _headers(app: Flask) -> dict[str, str]:
    secure = str(app.config["PUBLIC_URL"]).startswith("https://")
    return HEADERS | {"Strict-Transport-Security": HSTS} if secure else HEADERS


def _x_forwarded(environ: dict[str, Any]) -> tuple[str, ...]:
    return tuple(name for name in environ if name.startswith("HTTP_X_FORWARDED"))


def _is_our_host(environ: dict[str, Any], config: dict[str, Any]) -> bool:
    host = str(environ.get("HTTP_HOST") or "").lower()
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    ours = urlsplit(str(config["PUBLIC_URL"]))
    if name == (ours.hostname or "").lower():
        return True
    if name in LOOPBACK:
        # this machine itself: the demonstration, and whoever checks the health of the service
        return bool(config["CASEWORK_DEMO"]) or environ.get("REMOTE_ADDR") in ("127.0.0.1", "::1", "", None)
    return str(environ.get("PATH_INFO", "")).startswith("/health/") and not config["CASEWORK_DEMO"]
