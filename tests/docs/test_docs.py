import importlib.util
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import click
import pytest

from workbench.cli.program import program

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\((?!https?:|#)([^)#\s]+)")


def snippets(language: str) -> Iterator[tuple[str, str]]:
    for page in PAGES:
        for found in FENCE.finditer(page.read_text(encoding="utf-8")):
            if found[1] == language:
                yield f"{page.relative_to(ROOT)}", found[2]


def commands() -> list[tuple[str, str]]:
    """Each line of a shell snippet that runs `workbench`, with the page it is on."""
    lines = [(page, line) for page, text in snippets("sh") for line in text.splitlines()]
    return [
        (page, part.strip())
        for page, line in lines
        for part in re.split(r"\|\s|&&|;", line)
        if part.strip().startswith("workbench ")
    ]


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_generated_pages_are_what_the_program_says():
    stale = [page.name for page, text in generator().pages().items() if page.read_text(encoding="utf-8") != text]
    assert stale == [], "Run `python docs/generate.py`."


@pytest.mark.parametrize(("page", "line"), commands())
def test_a_command_in_the_documentation_can_be_understood(page: str, line: str):
    arguments = shlex.split(line, comments=True)[1:]
    group: click.Command = program
    context = click.Context(program, info_name="workbench")
    while isinstance(group, click.Group):
        found = group.get_command(context, arguments[0])
        assert found, f"{page}: {line}"
        group, arguments = found, arguments[1:]
    group.make_context(group.name, arguments)


@pytest.mark.parametrize(("page", "code"), list(snippets("python")))
def test_python_in_the_documentation_can_be_read(page: str, code: str):
    compile(code, page, "exec")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path):
    targets = LINK.findall(page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_readme_has_exactly_the_two_commands_that_set_up():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^python3 -m workbench\.setup \w+$", text, re.MULTILINE) == [
        "python3 -m workbench.setup lab",
        "python3 -m workbench.setup test",
    ]
