"""Lines and columns of places in a text."""

import re
from bisect import bisect_right

from workbench.prompts.records import Finding, Severity


class Places:
    """A text's lines and columns."""

    def __init__(self, text: str) -> None:
        self._begins = [0, *(found.end() for found in re.finditer("\n", text))]

    def of(self, at: int) -> tuple[int, int]:
        """The line and the column, both from 1."""
        line = bisect_right(self._begins, at)
        return line, at - self._begins[line - 1] + 1

    def finding(self, at: int, code: str, severity: Severity, message: str, remedy: str) -> Finding:
        """Something to look at there."""
        line, column = self.of(at)
        return Finding(code=code, severity=severity, line=line, column=column, message=message, remedy=remedy)
