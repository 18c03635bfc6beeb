"""What a model asks of tools, as its reply shows it. Nothing runs it."""

import json

from workbench.chat.fence import fenced
from workbench.providers.records import ToolCall

_LONGEST_NAME = 100


def told(call: ToolCall) -> str:
    """The call as Markdown, a part of the reply. Its name and arguments are a stranger's, and close nothing here."""
    name = "".join(each for each in call.name if each.isprintable() and each != "`")[:_LONGEST_NAME] or "?"
    asked = f"\n\n*The model asked for the tool* `{name}`*. Nothing was run.*\n"
    return f"{asked}\n{fenced(_indented(call.arguments), 'json')}\n" if call.arguments else asked


def _indented(arguments: str) -> str:
    try:
        return json.dumps(json.loads(arguments), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return arguments
