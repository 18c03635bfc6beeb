"""A Jupyter server with our extension, in a thread of its own, beside a fake owner."""

import threading

import pytest

# Its fixtures are imported into this folder only: as a plugin, the automatic ones would start a Jupyter server for
# every test there is. Its hooks, which run coroutines on the server's own loop, stay out.
from pytest_jupyter.jupyter_core import (  # noqa: F401
    echo_kernel_spec,
    jp_asyncio_loop,
    jp_config_dir,
    jp_data_dir,
    jp_env_config_path,
    jp_env_jupyter_path,
    jp_environ,
    jp_home_dir,
    jp_kernel_dir,
    jp_runtime_dir,
    jp_system_config_path,
    jp_system_jupyter_path,
)
from pytest_jupyter.jupyter_server import (  # noqa: F401
    jp_argv,
    jp_base_url,
    jp_configurable_serverapp,
    jp_http_port,
    jp_logging_stream,
    jp_nbconvert_templates,
    jp_root_dir,
    jp_server_cleanup,
    jp_serverapp,
    jp_template_dir,
    jp_web_app,
)
from pytest_jupyter.pytest_tornasync import http_server, http_server_port  # noqa: F401

from tests.jupyter.browser import Browser
from tests.jupyter.fake_owner import FakeOwner


@pytest.fixture
def jp_server_config():
    return {"ServerApp": {"jpserver_extensions": {"workbench.jupyter": True}}}


@pytest.fixture
def owner(monkeypatch):
    """Running, and found by the server."""
    fake = FakeOwner()
    fake.start()
    monkeypatch.setattr("workbench.client.owner.ensure", fake.ensure)
    yield fake
    fake.close()


@pytest.fixture
def browser(jp_serverapp, http_server, jp_asyncio_loop, jp_http_port, jp_base_url):  # noqa: F811 - the fixtures above
    """A browser at a server that runs; what holds the server's loop up holds up nothing else."""
    thread = threading.Thread(target=jp_asyncio_loop.run_forever)
    thread.start()
    yield Browser(jp_http_port, jp_base_url, jp_serverapp.identity_provider.token)
    jp_asyncio_loop.call_soon_threadsafe(jp_asyncio_loop.stop)
    thread.join()
