"""The floor that every page stands on: words of templates, assets, guards, headers, request log, error pages."""

from __future__ import annotations

from flask import Flask

from casework.web import assets, errors, guards, log, places, words


def set_up(app: Flask) -> None:
    """Prepare an app for its pages. Call it before blueprints are registered."""
    # A token lives as long as its session; a browser that keeps its Referer to itself may still send forms.
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    app.config["WTF_CSRF_SSL_STRICT"] = False
    if app.config.get("OPTIONAL_COOKIES") is None:
        app.config["OPTIONAL_COOKIES"] = ["page_counts"] if app.config["CASEWORK_DEMO"] else []
    assets.set_up(app)
    words.set_up(app)
    places.set_up(app)
    errors.set_up(app)
    log.set_up(app)
    guards.set_up(app)
    if app.config["CASEWORK_DEMO"]:
        from casework.pages import devmail

        app.register_blueprint(devmail.bp)


def close_by_default(app: Flask) -> None:
    """Put the door in front of every page. Call it after the last blueprint; RuntimeError for an unmarked page."""
    from casework.accounts import door

    door.set_up(app)


__all__ = ["close_by_default", "set_up"]
