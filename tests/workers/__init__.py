"""Tests of the workers on real PostgreSQL, Valkey and SMTP."""
