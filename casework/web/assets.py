"""Style, script and pictures: a short list of files, read at the start, served under addresses that never change.

An address holds a hash of the content, so a browser keeps it for a year. Nothing outside the list can be asked for.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, abort, request

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
}
GOVUK = ("govuk-frontend.min.css", "govuk-frontend.min.js")
# Its font belongs to GOV.UK, which we are not part of: ours is named in casework.css.
FONT = (b"GDS Transport,arial,sans-serif", b"var(--cw-font,arial,sans-serif)")
PRINTED = (b"font-family:sans-serif", b"font-family:var(--cw-font,sans-serif)")
FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Asset:
    """One file: its content, small and plain, and the hash that stands in its address."""

    version: str
    kind: str
    plain: bytes
    small: bytes


def set_up(app: Flask) -> None:
    """Read the files and serve them. Raises RuntimeError where the front-end package is not installed."""
    root = Path(app.root_path).parent
    govuk = root / "node_modules" / "govuk-frontend" / "dist" / "govuk"
    if not (govuk / GOVUK[0]).is_file():
        raise RuntimeError("The front-end assets are missing: run make, or npm ci, in the top folder.")
    files = {name: govuk / name for name in GOVUK}
    own = Path(app.root_path) / "static"
    files |= {path.name: path for path in sorted(own.iterdir()) if path.suffix in TYPES}
    found = {name: _read(path) for name, path in files.items()}

    def address(name: str) -> str:
        return f"/assets/{found[name].version}/{name}"

    def serve(filename: str, version: str = "") -> Response:
        asset = found.get(filename)
        if asset is None:
            abort(404)
        return _response(asset, version)

    app.view_functions["static"] = serve
    app.add_url_rule("/assets/<version>/<filename>", "static", serve)
    app.jinja_env.globals["asset"] = address
    app.extensions["casework_asset"] = address


def _read(path: Path) -> Asset:
    content = path.read_bytes()
    if path.name == GOVUK[0]:
        content = content.replace(*FONT).replace(*PRINTED)
    version = hashlib.sha256(content).hexdigest()[:16]
    return Asset(version, TYPES[path.suffix], content, gzip.compress(content, 9, mtime=0))


def _response(asset: Asset, version: str) -> Response:
    packed = "gzip" in request.accept_encodings and not asset.kind.startswith("image/png")
    response = Response(asset.small if packed else asset.plain, content_type=asset.kind)
    if packed:
        response.content_encoding = "gzip"
    response.vary.add("Accept-Encoding")
    # An old page may ask for a version that is gone: it gets today's, and asks again the next time.
    response.headers["Cache-Control"] = FOR_EVER if version == asset.version else "no-cache"
    response.set_etag(asset.version + ("-gz" if packed else ""))
    response.make_conditional(request)
    return response
