"""The program as workers have it: messages are rendered there and nowhere else."""

from tests.workers.conftest import app, program, redis_url, shared_sink, sink

__all__ = ["app", "program", "redis_url", "shared_sink", "sink"]
