"""What a model asks of tools, as its reply shows it. Nothing runs it."""

import json
import re

from workbench.chat.fence import fenced
from workbench.providers.records import ToolCall

_LONGEST_NAME = 100
_HALF_A_PAIR = re.compile("[\ud800-\udfff]")
"""What JSON may hold and no text."""


def told(call: ToolCall) -> str:
    """The call as Markdown, a part of the reply. Its name and arguments are a stranger's, and close nothing here."""
    name = "".join(each for each in call.name if each.isprintable() and each != "`")[:_LONGEST_NAME] or "?"
    asked = f"\n\n*The model asked for the tool* `{name}`*. Nothing was run.*\n"
    return f"{asked}\n{fenced(_indented(call.arguments), 'json')}\n" if call.arguments else asked


def _indented(arguments: str) -> str:
    try:
        shown = json.dumps(json.loads(arguments), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return arguments
    return _HALF_A_PAIR.sub("\ufffd", shown)
