import pytest

from EndToEnd.conftest import project, pytest_configure, tools  # noqa: F401
from EndToEnd.harness.ceph import Ceph


@pytest.fixture(scope="session")
def ceph():
    with Ceph() as server:
        print(f"Ceph was ready after {server.seconds:.1f} s")
        yield server
