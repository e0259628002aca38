"""docker-compose.yml offers PostgreSQL, Redis and Elasticsearch on this machine's own address alone."""

from __future__ import annotations

from pathlib import Path

import yaml

COMPOSE = Path(__file__).resolve().parents[2] / "docker-compose.yml"
KEYS = {"image", "restart", "environment", "ports", "volumes", "healthcheck", "command"}


def test_compose_file_is_valid() -> None:
    document = yaml.safe_load(COMPOSE.read_text("utf-8"))

    assert set(document) == {"services", "volumes"}
    assert set(document["services"]) == {"postgresql", "redis", "elasticsearch"}
    for service in document["services"].values():
        assert set(service) <= KEYS
        assert all(port.startswith("127.0.0.1:") for port in service["ports"])
        named = {volume.partition(":")[0] for volume in service["volumes"]}
        assert named <= set(document["volumes"])
        assert set(service["healthcheck"]) == {"test", "interval", "timeout", "retries"}


def test_no_password_is_written_down() -> None:
    document = yaml.safe_load(COMPOSE.read_text("utf-8"))

    assert document["services"]["postgresql"]["environment"]["POSTGRES_PASSWORD"].startswith("${POSTGRES_PASSWORD:?")
