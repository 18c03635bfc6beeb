"""`python -m tests.bench [PART …]`: figures beside the budgets of docs/design/budgets.md; all parts by default."""

import os
import sys
from collections.abc import Callable, Iterator

from tests import stand_in
from tests.bench import (
    asking,
    browsing,
    cells,
    chatting,
    dashboards,
    estimating,
    figures,
    formats,
    history,
    rules,
    starting,
    storing,
)
from tests.bench.figures import Figure


def main() -> None:
    """Print each figure as soon as it is measured."""
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    wanted = sys.argv[1:]
    print(figures.load())
    with stand_in.running() as provider:
        parts: dict[str, Callable[[], Iterator[Figure]]] = {
            "starting": lambda: starting.figures(provider),
            "chatting": lambda: chatting.figures(provider),
            "formats": lambda: formats.figures(provider),
            "asking": lambda: asking.figures(provider),
            "storing": storing.figures,
            "history": history.figures,
            "browsing": browsing.figures,
            "estimating": estimating.figures,
            "cells": cells.figures,
            "dashboards": dashboards.figures,
            "rules": rules.figures,
        }
        for name in wanted or parts:
            for figure in parts[name]():
                print(figure.line(), flush=True)
    print(figures.load())


if __name__ == "__main__":
    main()
