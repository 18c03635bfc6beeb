"""Creating Experiences and changing them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from workbench import written
from workbench.clock import new_id, utc_now
from workbench.errors import ConflictError, InvalidInputError, NameTakenError
from workbench.events import Changes
from workbench.experiences import answering, names, store
from workbench.experiences.records import Experience, ExperienceChanges, Privacy, State
from workbench.security import audit
from workbench.storage.database import Database, Transaction
from workbench.storage.kept import Kept


class Experiences:
    """All of a home's Experiences."""

    def __init__(self, database: Database, changes: Changes) -> None:
        self._database = database
        self._changes = changes
        self._found = Kept(database, "experiences", read=store.get)

    def list(self, state: State | None = "active") -> tuple[Experience, ...]:
        """Those in that state (None: every one), the one changed last first."""
        return store.list_all(self._database.read, state)

    def get(self, id: str) -> Experience:
        """One Experience. Raises NotFoundError."""
        return self._found(id)

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
        prompt_values: Mapping[str, str] = MappingProxyType({}),
        id: str | None = None,
    ) -> Experience:
        """A new Experience; one that was already made under the same `id` is given back as it is.

        Raises InvalidInputError for a name that cannot be used and NameTakenError for one that is in use.
        """
        now = utc_now()
        experience = Experience(
            id=id or new_id(),
            name=names.clean_name(name),
            slug="",
            description=names.clean_description(description),
            category=names.clean_category(category),
            privacy=privacy,
            model=model,
            fallbacks=answering.clean_fallbacks(fallbacks),
            temperature=answering.clean_temperature(temperature),
            max_output_tokens=answering.clean_max_output_tokens(max_output_tokens),
            personality=personality,
            prompt=prompt,
            prompt_values=dict(prompt_values),
            created_at=now,
            updated_at=now,
            revision=1,
        )

        def insert(tx: Transaction) -> Experience:
            known = store.find(tx.execute, experience.id)
            if known is not None:
                return known
            everything = store.list_all(tx.execute, None)
            _refuse_taken(experience, everything)
            made = replace(experience, slug=names.slug(experience.name, {e.slug for e in everything}))
            store.insert(tx, made)
            audit.record(tx, "experiences.create", made.id, {"privacy": made.privacy})
            return made

        made = self._database.write(insert, returns=Experience)
        self._changes.publish("experiences", made.id, "create", experience_id=made.id)
        return made

    def update(self, id: str, changes: ExperienceChanges, *, revision: int | None = None) -> Experience:
        """The Experience with those fields changed.

        Raises ConflictError if `revision` is given and is not the present one, NameTakenError, InvalidInputError.
        """
        cleaned = _cleaned(changes)

        def change(tx: Transaction, before: Experience) -> Experience:
            after = replace(before, **cleaned)
            if before.state != "trashed":
                _refuse_taken(after, store.list_all(tx.execute, None))
            return after

        return self._change(id, "update", change, revision=revision)

    def archive(self, id: str) -> Experience:
        """Put it out of the way; nothing else changes."""
        return self._change(id, "archive", lambda _, before: replace(_not_trashed(before), state="archived"))

    def unarchive(self, id: str) -> Experience:
        """Bring it back among the active ones."""
        return self._change(id, "unarchive", lambda _, before: replace(_not_trashed(before), state="active"))

    def delete(self, id: str) -> Experience:
        """Move it to the trash, whence `restore` brings it back whole."""
        return self._change(
            id, "delete", lambda _, before: replace(before, state="trashed", trashed_at=before.trashed_at or utc_now())
        )

    def restore(self, id: str) -> Experience:
        """Take it out of the trash; it gets a number behind its name if the name is in use by now."""

        def bring_back(tx: Transaction, before: Experience) -> Experience:
            if before.state != "trashed":
                return before
            taken = {written.same_name(e.name) for e in _named(store.list_all(tx.execute, None)) if e.id != before.id}
            return replace(
                before,
                state="active",
                trashed_at=None,
                name=written.free_name(before.name, taken, longest=names.LONGEST_NAME),
            )

        return self._change(id, "restore", bring_back)

    def _change(
        self,
        id: str,
        action: str,
        change: Callable[[Transaction, Experience], Experience],
        *,
        revision: int | None = None,
    ) -> Experience:
        def work(tx: Transaction) -> Experience:
            before = store.get(tx.execute, id)
            if revision is not None and revision != before.revision:
                raise ConflictError(
                    f"The Experience {before.name!r} was changed elsewhere in the meantime.",
                    remedy="Look at it again, then repeat your change.",
                )
            after = change(tx, before)
            if after == before:
                return before
            after = replace(after, updated_at=utc_now(), revision=before.revision + 1)
            store.replace(tx, after)
            audit.record(tx, f"experiences.{action}", id, {"revision": after.revision})
            return after

        changed = self._database.write(work, returns=Experience)
        self._changes.publish("experiences", id, action, experience_id=id)
        return changed


def _named(experiences: tuple[Experience, ...]) -> tuple[Experience, ...]:
    """Those whose names nobody else may have."""
    return tuple(e for e in experiences if e.state != "trashed")


def _refuse_taken(experience: Experience, everything: tuple[Experience, ...]) -> None:
    wanted = written.same_name(experience.name)
    for other in _named(everything):
        if other.id != experience.id and written.same_name(other.name) == wanted:
            raise NameTakenError(
                f"There is already an Experience called {other.name!r}.",
                remedy="Choose another name, or open that one.",
            )


def _not_trashed(experience: Experience) -> Experience:
    if experience.state == "trashed":
        raise InvalidInputError(f"{experience.name!r} is in the trash.", remedy="Restore it first.")
    return experience


def _cleaned(changes: ExperienceChanges) -> ExperienceChanges:
    cleaned = changes.copy()
    if "name" in changes:
        cleaned["name"] = names.clean_name(changes["name"])
    if "description" in changes:
        cleaned["description"] = names.clean_description(changes["description"])
    if "category" in changes:
        cleaned["category"] = names.clean_category(changes["category"])
    if "fallbacks" in changes:
        cleaned["fallbacks"] = answering.clean_fallbacks(changes["fallbacks"])
    if "temperature" in changes:
        cleaned["temperature"] = answering.clean_temperature(changes["temperature"])
    if "max_output_tokens" in changes:
        cleaned["max_output_tokens"] = answering.clean_max_output_tokens(changes["max_output_tokens"])
    return cleaned
