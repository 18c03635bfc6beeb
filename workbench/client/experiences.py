"""Experiences, from outside the owner."""

import difflib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Unpack

from workbench.client.opened import OpenExperience
from workbench.client.transport import Transport
from workbench.clock import new_id
from workbench.conversations.records import Given
from workbench.errors import NotFoundError
from workbench.experiences.records import Experience, ExperienceChanges, Privacy, State
from workbench.providers.estimate import Estimate
from workbench.shown import Records

if TYPE_CHECKING:
    from workbench.client import Workbench


class Experiences:
    """A home's Experiences; `experiences["Physics"]` opens one."""

    def __init__(self, transport: Transport, bench: "Workbench") -> None:
        self._transport = transport
        self._bench = bench

    def list(self, state: State | None = "active") -> Records[Experience]:
        """Those in that state (None: every one), the one changed last first."""
        found = self._transport.get("/experiences", tuple[Experience, ...], {"state": state or "all"})
        return Records(found, "Experiences", ("name", "category", "privacy", "state", "updated_at"))

    def open(self, name: str) -> OpenExperience:
        """An Experience to work in, by its name, id or folder name; case does not count. Raises NotFoundError."""
        return OpenExperience(self.find(name), self._bench)

    def get(self, id: str) -> Experience:
        """One Experience by its id. Raises NotFoundError."""
        return self._transport.get(f"/experiences/{id}", Experience)

    def find(self, name: str) -> Experience:
        """One Experience by its name, id or folder name; case does not count. Raises NotFoundError."""
        everything = self.list(None)
        wanted = name.casefold()
        order = {"active": 0, "archived": 1, "trashed": 2}
        for found in sorted(everything, key=lambda e: order[e.state]):
            if wanted in (found.id, found.slug) or found.name.casefold() == wanted:
                return found
        near = difflib.get_close_matches(wanted, [e.name.casefold() for e in everything], n=1)
        guess = next((e.name for e in everything if near and e.name.casefold() == near[0]), None)
        raise NotFoundError(
            f"There is no Experience called {name!r}.",
            remedy=f"Did you mean {guess!r}?" if guess else "`workbench experiences list` shows those there are.",
        )

    def create(
        self,
        name: str,
        *,
        description: str = "",
        category: str = "",
        privacy: Privacy = "private",
        model: str | None = None,
        fallbacks: Sequence[str] = (),
        temperature: float | None = None,
        max_output_tokens: int | None = None,
        personality: str | None = None,
        prompt: str | None = None,
        prompt_values: Mapping[str, str] | None = None,
    ) -> OpenExperience:
        """A new Experience, open to be worked in. Raises NameTakenError, InvalidInputError.

        `fallbacks` are the ids of the models that are asked instead of `model`, in this order, where it gives nothing;
        `personality` and `prompt` are ids too.
        """
        body = {
            "id": new_id(),
            "name": name,
            "description": description,
            "category": category,
            "privacy": privacy,
            "model": model,
            "fallbacks": fallbacks,
            "temperature": temperature,
            "max_output_tokens": max_output_tokens,
            "personality": personality,
            "prompt": prompt,
            "prompt_values": prompt_values or {},
        }
        return OpenExperience(self._transport.post("/experiences", Experience, body), self._bench)

    def update(self, id: str, *, revision: int | None = None, **changes: Unpack[ExperienceChanges]) -> Experience:
        """The Experience with those fields changed.

        Raises ConflictError if `revision` is given and is not the present one.
        """
        body = {**changes, "revision": revision}
        return self._transport.call("PATCH", f"/experiences/{id}", Experience, body=body)

    def estimate(self, id: str, text: str, *, model: str | None = None, attachments: Sequence[Given] = ()) -> Estimate:
        """What the first question of a new conversation would take and cost; nothing is sent, and nothing is saved."""
        body = {"text": text, "model": model, "attachments": attachments}
        return self._transport.post(f"/experiences/{id}/estimate", Estimate, body)

    def archive(self, id: str) -> Experience:
        """Put it out of the way; nothing else changes."""
        return self._transport.post(f"/experiences/{id}/archive", Experience)

    def unarchive(self, id: str) -> Experience:
        """Bring it back among the active ones."""
        return self._transport.post(f"/experiences/{id}/unarchive", Experience)

    def delete(self, id: str) -> Experience:
        """Move it to the trash, whence `restore` brings it back whole."""
        return self._transport.call("DELETE", f"/experiences/{id}", Experience)

    def restore(self, id: str) -> Experience:
        """Take it out of the trash."""
        return self._transport.post(f"/experiences/{id}/restore", Experience)

    def __getitem__(self, name: str) -> OpenExperience:
        return self.open(name)

    def _ipython_key_completions_(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.list())

    def _repr_html_(self) -> str:
        return self.list()._repr_html_()
