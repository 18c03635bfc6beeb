"""Prompts, from outside the owner."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Unpack
from urllib.parse import quote

from workbench.client.transport import Transport
from workbench.clock import new_id
from workbench.conversations.records import Conversation
from workbench.experiences.records import Experience
from workbench.insights.records import VersionFigures
from workbench.prompts.records import (
    Linted,
    Prompt,
    PromptChanges,
    PromptDifference,
    PromptPreview,
    PromptTemplate,
    PromptVersion,
    Rendered,
    State,
    Use,
    Value,
    Values,
    Variable,
)
from workbench.prompts.slash import Call, completed
from workbench.shown import Records

if TYPE_CHECKING:
    from workbench.client.experiences import Experiences


NONE = "none"
"""No system prompt: what a conversation is given to have none."""


class OpenPrompt:
    """A prompt to be filled in; its fields can be read from it: `prompt.text`, `prompt.variables`."""

    def __init__(self, record: Prompt, prompts: "Prompts") -> None:
        self.record = record
        self._prompts = prompts

    def render(self, **values: Value | None) -> Rendered:
        """It with its variables filled in: `ask` takes it, and `str` gives the text.

        Raises InvalidInputError, naming the variable that is missing or does not fit.
        """
        return self._prompts.render(self.record.id, values)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  (a field of the record)
        return getattr(self.record, name)

    def __repr__(self) -> str:
        asked = ", ".join(each.name for each in self.record.variables)
        return f"<Prompt {self.record.name!r}, version {self.record.version}, of {asked or 'no variables'}>"

    def _repr_html_(self) -> str:
        return self.record._repr_html_()


class Prompts:
    """A home's prompts; `prompts["review-code"].render(code="…")` fills one in."""

    def __init__(self, transport: Transport, experiences: "Experiences") -> None:
        self._transport = transport
        self._experiences = experiences

    def list(
        self, state: State | None = "active", *, folder: str | None = None, tag: str | None = None, words: str = ""
    ) -> Records[Prompt]:
        """Those in that state (None: every one), of a folder and its folders, with a tag, that hold all of `words`."""
        asked = {"state": state or "all", "folder": folder, "tag": tag, "words": words or None}
        found = self._transport.get(
            "/prompts", tuple[Prompt, ...], {name: value for name, value in asked.items() if value is not None}
        )
        return Records(found, "Prompts", ("name", "title", "folder", "tags", "use", "version"))

    def templates(self) -> Records[PromptTemplate]:
        """Those that are shipped: give the name of one to `create`."""
        found = self._transport.get("/prompts/templates", tuple[PromptTemplate, ...])
        return Records(found, "Templates", ("name", "title", "description"))

    def get(self, id: str) -> Prompt:
        """One prompt by its id or its name. Raises NotFoundError."""
        return self._transport.get(f"/prompts/{_path(id)}", Prompt)

    def create(
        self,
        name: str = "",
        *,
        title: str = "",
        text: str = "",
        folder: str | None = None,
        tags: Sequence[str] | None = None,
        description: str = "",
        variables: Sequence[Variable] | None = None,
        use: Use | None = None,
        template: str | None = None,
    ) -> OpenPrompt:
        """A new prompt, from nothing or from a template, of which what is given is changed.

        Without a name it has the template's. What the text uses and nobody declares is asked for as a text. Raises
        InvalidInputError, NameTakenError, NotFoundError.
        """
        body = {
            "id": new_id(),
            "name": name,
            "title": title,
            "text": text,
            "folder": folder,
            "tags": tags,
            "description": description,
            "variables": variables,
            "use": use,
            "template": template,
        }
        return OpenPrompt(self._transport.post("/prompts", Prompt, body), self)

    def update(
        self, id: str, *, note: str = "", revision: int | None = None, **changes: Unpack[PromptChanges]
    ) -> Prompt:
        """The prompt with those fields changed; its next version, if what it says or asks for is another.

        Raises ConflictError if `revision` is given and is not the present one, NameTakenError, InvalidInputError.
        """
        body = {**changes, "note": note, "revision": revision}
        return self._transport.call("PATCH", f"/prompts/{_path(id)}", Prompt, body=body)

    def variables(self, id: str) -> tuple[Variable, ...]:
        """What it asks for, with what the prompts that it includes ask for. Raises NotFoundError."""
        return self._transport.get(f"/prompts/{_path(id)}/variables", tuple[Variable, ...])

    def render(self, id: str, values: Values) -> Rendered:
        """A prompt (its id or its name) with its variables filled in. Raises NotFoundError, InvalidInputError."""
        return self._transport.post(f"/prompts/{_path(id)}/render", Rendered, {"values": values})

    def fill(self, call: Call) -> str:
        """A question that was called by `/name variable=value …` (`prompts.slash`), in words.

        What stands below that line is the value of the first text that the prompt asks for and is not given; where
        there is none, it follows the prompt. Raises NotFoundError, InvalidInputError.
        """
        values, below = completed(call, self.variables(call.name))
        filled = self.render(call.name, values).text
        return f"{filled}\n\n{below}" if below else filled

    def preview(self, text: str, variables: Sequence[Variable], values: Values, *, name: str = "") -> PromptPreview:
        """What a text that is not kept yet would become, and what is wrong with it."""
        body = {"name": name, "text": text, "variables": variables, "values": values}
        return self._transport.post("/prompts/preview", PromptPreview, body)

    def lint(
        self, text: str, variables: Sequence[Variable] = (), *, name: str = "", model: str | None = None
    ) -> Linted:
        """What is to be said of a text, kept or not; its length is compared with the window of `model`."""
        body = {"name": name, "text": text, "variables": variables, "model": model}
        return self._transport.post("/prompts/lint", Linted, body)

    def versions(self, id: str) -> Records[PromptVersion]:
        """All that it has been, the latest first. Raises NotFoundError."""
        found = self._transport.get(f"/prompts/{_path(id)}/versions", tuple[PromptVersion, ...])
        return Records(found, "Versions", ("number", "created_at", "note", "title"))

    def difference(self, id: str, before: int, after: int) -> PromptDifference:
        """What is different between two of its versions; `print` shows it line by line. Raises NotFoundError."""
        numbers = {"before": before, "after": after}
        return self._transport.get(f"/prompts/{_path(id)}/difference", PromptDifference, numbers)

    def roll_back(self, id: str, version: int, *, revision: int | None = None) -> Prompt:
        """Make it what it was in an earlier version, as its next one. Raises NotFoundError, ConflictError."""
        body = {"version": version, "revision": revision}
        return self._transport.post(f"/prompts/{_path(id)}/roll-back", Prompt, body)

    def duplicate(self, id: str) -> Prompt:
        """Another with the same content, and a number behind its name. Raises NotFoundError."""
        return self._transport.post(f"/prompts/{_path(id)}/duplicate", Prompt, {"id": new_id()})

    def delete(self, id: str) -> Prompt:
        """Move it to the trash: nothing uses it from now on, and `restore` brings it back."""
        return self._transport.call("DELETE", f"/prompts/{_path(id)}", Prompt)

    def restore(self, id: str) -> Prompt:
        """Take it out of the trash."""
        return self._transport.post(f"/prompts/{_path(id)}/restore", Prompt)

    def figures(self, id: str) -> Records[VersionFigures]:
        """How the replies were that each version shaped as a system prompt, the latest first. Raises NotFoundError."""
        found = self._transport.get(f"/prompts/{_path(id)}/figures", tuple[VersionFigures, ...])
        return Records(found, "Replies", ("version", "replies", "up", "down", "mean_cost_usd", "last_used_at"))

    def use(self, name: str | None, experience: str, **values: Value) -> Experience:
        """Let a prompt (its name or id; None: none) be the system prompt of an Experience from now on.

        Raises NotFoundError, and InvalidInputError where a variable is missing or does not fit.
        """
        found = self._experiences.find(experience)
        chosen = None if name is None else self.get(name).id
        return self._experiences.update(found.id, prompt=chosen, prompt_values=_texts(values))

    def use_in_conversation(self, name: str | None, conversation_id: str, **values: Value) -> Conversation:
        """The same in one conversation: None, its Experience's; `none`, no system prompt at all."""
        chosen = name if name in (None, NONE) else self.get(name).id
        body = {"prompt": chosen, "prompt_values": _texts(values)}
        return self._transport.call("PATCH", f"/conversations/{conversation_id}", Conversation, body=body)

    def __getitem__(self, name: str) -> OpenPrompt:
        return OpenPrompt(self.get(name), self)

    def _ipython_key_completions_(self) -> tuple[str, ...]:
        return tuple(each.name for each in self.list())

    def _repr_html_(self) -> str:
        return self.list()._repr_html_()


def _texts(values: Mapping[str, Value]) -> dict[str, str]:
    """Values as they are kept where a prompt is used."""
    words = {True: "yes", False: "no"}
    return {name: words[value] if isinstance(value, bool) else str(value) for name, value in values.items()}


def _path(id: str) -> str:
    return quote(id.strip().removeprefix("/"), safe="")
