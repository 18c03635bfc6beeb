"""A personal LLM workbench: your work with language models, kept in topic workspaces.

    import workbench
    bench = workbench.connect()
    physics = bench.experiences.create("Physics")

Importing this package loads the standard library only; everything else is loaded on first use.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.client import Workbench, connect

__version__ = "0.1.0"
__all__ = ["Workbench", "__version__", "connect"]


def __getattr__(name: str) -> object:
    if name in ("Workbench", "connect"):
        from workbench import client  # noqa: PLC0415  (loaded on first use)

        return getattr(client, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
