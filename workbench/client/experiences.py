"""Experiences, from outside the owner."""

import difflib
from typing import Unpack

from workbench.client.transport import Transport
from workbench.clock import new_id
from workbench.errors import NotFoundError
from workbench.experiences.records import Experience, ExperienceChanges, Privacy, State


class Experiences:
    """A home's Experiences."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self, state: State | None = "active") -> tuple[Experience, ...]:
        """Those in that state (None: every one), the one changed last first."""
        return self._transport.get("/experiences", tuple[Experience, ...], {"state": state or "all"})

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
    ) -> Experience:
        """A new Experience. Raises NameTakenError, InvalidInputError."""
        body = {
            "id": new_id(),
            "name": name,
            "description": description,
            "category": category,
            "privacy": privacy,
            "model": model,
        }
        return self._transport.post("/experiences", Experience, body)

    def update(self, id: str, *, revision: int | None = None, **changes: Unpack[ExperienceChanges]) -> Experience:
        """The Experience with those fields changed.

        Raises ConflictError if `revision` is given and is not the present one.
        """
        body = {**changes, "revision": revision}
        return self._transport.call("PATCH", f"/experiences/{id}", Experience, body=body)

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
