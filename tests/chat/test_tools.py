"""What a model asks of tools, as its reply shows it."""

import pytest

from workbench.chat import tools
from workbench.providers.records import ToolCall


def test_arguments_are_laid_out_as_they_came() -> None:
    told = tools.told(ToolCall(name="weather", arguments='{"city":"Zürich","days":3}'))
    assert told.endswith('```json\n{\n  "city": "Zürich",\n  "days": 3\n}\n```\n')
    assert tools.told(ToolCall(name="weather", arguments='{"city":"Zü')).endswith('```json\n{"city":"Zü\n```\n')
    assert "```" not in tools.told(ToolCall(name="time"))


@pytest.mark.parametrize("name", ["`x` <img src=x>", "a\n\n# Heading", "`" * 5, "", "x" * 5000])
def test_a_hostile_name_stays_inside_its_code(name: str) -> None:
    told = tools.told(ToolCall(name=name))
    lines = told.strip().splitlines()
    assert len(lines) == 1
    assert lines[0].count("`") == 2
    assert len(lines[0]) < 200


def test_hostile_arguments_close_no_fence() -> None:
    told = tools.told(ToolCall(name="x", arguments="```\n````\n# Not a heading"))
    fence = told.splitlines()[-1]
    assert fence == "`" * 5
    assert told.count(fence) == 2


def test_half_a_surrogate_pair_in_arguments_is_a_replacement_character() -> None:
    told = tools.told(ToolCall(name="x", arguments=r'{"a": "\ud800 \ud83d\udc1d"}'))
    assert "\ufffd 🐝" in told.encode().decode()
