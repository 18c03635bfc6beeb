"""Fences of code in Markdown."""

import re

_RUN = re.compile(r"`{3,}")


def fenced(text: str, language: str = "") -> str:
    """The text in a fence that nothing inside can close."""
    fence = "`" * (max((len(run) for run in _RUN.findall(text)), default=2) + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"
