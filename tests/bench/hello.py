"""The yardstick of every page: a Flask that says hello, under the server that serves the program."""

from flask import Flask

app = Flask("hello")


@app.get("/")
def hello() -> str:
    """Nothing but the framework and the server."""
    return "hello"
