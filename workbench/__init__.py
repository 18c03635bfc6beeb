"""A personal LLM workbench: your work with language models, kept in topic workspaces.

    import workbench as wb
    bench = wb.connect()
    physics = bench.experiences.create("Physics")
    physics.ask("Why is the sky blue?")

Importing this package loads the standard library only; everything else is loaded on first use.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from workbench.client import OpenExperience, Reply, Workbench, connect, here

__version__ = "0.1.0"
__all__ = ["OpenExperience", "Reply", "Workbench", "__version__", "connect", "here"]


def __getattr__(name: str) -> object:
    if name in __all__:
        from workbench import client  # noqa: PLC0415  (loaded on first use)

        return getattr(client, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def load_ipython_extension(shell: "InteractiveShell") -> None:
    """`%load_ext workbench`: the magics `%%ask` and `%ask`."""
    from workbench import magics  # noqa: PLC0415  (loaded on first use)

    magics.load(shell)
