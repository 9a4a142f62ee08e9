"""A token server with a certificate of its own authority."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.tls import make_ca
from tests.servers.tokens import TokenServer


@pytest.fixture(scope="session")
def ca(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """The authority's file, and a server's certificate and key."""
    return make_ca(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def tokens(ca: tuple[Path, Path, Path]) -> Iterator[TokenServer]:
    with TokenServer(ca[1:]) as server:
        yield server
