"""Making personalities, changing them, and going back to what they were."""

from collections.abc import Callable
from dataclasses import asdict, replace

from workbench import differences, written
from workbench.clock import new_id, utc_now
from workbench.errors import ConflictError, InvalidInputError, NameTakenError
from workbench.events import Changes
from workbench.personalities import clean, store, templates
from workbench.personalities.instruction import render
from workbench.personalities.records import (
    Character,
    CharacterChanges,
    Personality,
    PersonalityDifference,
    PersonalityTemplate,
    PersonalityVersion,
    State,
)
from workbench.security import audit
from workbench.storage.database import Database, Transaction
from workbench.storage.kept import Kept


class Personalities:
    """All of a home's personalities."""

    def __init__(self, database: Database, changes: Changes) -> None:
        self._database = database
        self._changes = changes
        self._found = Kept(database, "personalities", read=store.get)

    def list(self, state: State | None = "active") -> tuple[Personality, ...]:
        """Those in that state (None: every one), by name."""
        return store.list_all(self._database.read, state)

    def get(self, id: str) -> Personality:
        """One personality. Raises NotFoundError."""
        return self._found(id)

    def templates(self) -> tuple[PersonalityTemplate, ...]:
        """Those that are shipped, by title."""
        return templates.shipped_templates()

    def render(self, changes: CharacterChanges) -> str:
        """A character in words, as a model would be told it. Raises InvalidInputError."""
        return render(clean.character(Character(), changes))

    def create(
        self,
        name: str,
        *,
        description: str = "",
        character: CharacterChanges | None = None,
        template: str | None = None,
        id: str | None = None,
    ) -> Personality:
        """A new personality; one that was already made under the same `id` is given back as it is.

        With `template` it has what that one has, but for what is given; with an empty name also its title, with a
        number if that is in use. Raises InvalidInputError, NameTakenError, NotFoundError.
        """
        from_template = None if template is None else templates.find(template)
        begin = from_template.character if from_template else Character()
        shaped = clean.character(begin, character or {})
        named = clean.name(name or (from_template.title if from_template else ""))
        said = clean.description(description or (from_template.description if from_template else ""))
        now = utc_now()
        personality = Personality(
            id=id or new_id(),
            name=named,
            description=said,
            character=shaped,
            instruction=render(shaped),
            template=template,
            version=1,
            created_at=now,
            updated_at=now,
            revision=1,
        )

        def insert(tx: Transaction) -> Personality:
            known = store.find(tx.execute, personality.id)
            if known is not None:
                return known
            made = personality
            if not name:
                made = replace(made, name=written.free_name(named, _taken(tx), longest=clean.LONGEST_NAME))
            _refuse_taken(tx, made)
            store.insert(tx, made, note=f"From the template {template}" if template else "")
            audit.record(tx, "personalities.create", made.id)
            return made

        made = self._database.write(insert, returns=Personality)
        self._changes.publish("personalities", made.id, "create")
        return made

    def update(
        self,
        id: str,
        *,
        name: str | None = None,
        description: str | None = None,
        character: CharacterChanges | None = None,
        note: str = "",
        revision: int | None = None,
    ) -> Personality:
        """The personality with what is given changed, as its next version.

        Raises ConflictError if `revision` is given and is not the present one, NameTakenError, InvalidInputError.
        """
        said = clean.note(note)

        def change(tx: Transaction, before: Personality) -> Personality:
            shaped = clean.character(before.character, character or {})
            after = replace(
                before,
                name=before.name if name is None else clean.name(name),
                description=before.description if description is None else clean.description(description),
                character=shaped,
                instruction=render(shaped),
            )
            return self._next_version(tx, before, after, said)

        return self._change(id, "update", change, revision=revision)

    def versions(self, id: str) -> tuple[PersonalityVersion, ...]:
        """All that it has been, the latest first. Raises NotFoundError."""
        self.get(id)
        return store.all_versions(self._database.read, id)

    def difference(self, id: str, before: int, after: int) -> PersonalityDifference:
        """What is different between two of its versions. Raises NotFoundError."""
        self.get(id)
        earlier, later = (_written(store.version(self._database.read, id, number)) for number in (before, after))
        return PersonalityDifference(before=before, after=after, fields=differences.between(earlier, later))

    def roll_back(self, id: str, number: int, *, revision: int | None = None) -> Personality:
        """As it was in an earlier version, as its next one: nothing is lost by it.

        Raises NotFoundError, ConflictError; NameTakenError where its name of then is another's now.
        """

        def change(tx: Transaction, before: Personality) -> Personality:
            then = store.version(tx.execute, id, number)
            after = replace(
                before,
                name=then.name,
                description=then.description,
                character=then.character,
                instruction=then.instruction,
            )
            return self._next_version(tx, before, after, f"Back to version {number}")

        return self._change(id, "roll_back", change, revision=revision)

    def delete(self, id: str) -> Personality:
        """Move it to the trash: it shapes nothing from now on, and `restore` brings it back."""

        def throw_away(_: Transaction, before: Personality) -> Personality:
            now = utc_now()
            return (
                before
                if before.state == "trashed"
                else replace(before, state="trashed", trashed_at=now, updated_at=now)
            )

        return self._change(id, "delete", throw_away)

    def restore(self, id: str) -> Personality:
        """Take it out of the trash; it gets a number behind its name if the name is in use by now."""

        def bring_back(tx: Transaction, before: Personality) -> Personality:
            if before.state == "active":
                return before
            after = replace(before, state="active", trashed_at=None, updated_at=utc_now())
            free = written.free_name(before.name, _taken(tx), longest=clean.LONGEST_NAME)
            return after if free == before.name else self._next_version(tx, before, replace(after, name=free), "")

        return self._change(id, "restore", bring_back)

    def _next_version(self, tx: Transaction, before: Personality, after: Personality, note: str) -> Personality:
        """The change with its version's number; the version is kept."""
        if _written(after) == _written(before):
            return before
        if after.state == "trashed":
            raise InvalidInputError(f"{before.name!r} is in the trash.", remedy="Restore it first.")
        _refuse_taken(tx, after)
        made = replace(after, version=before.version + 1, updated_at=utc_now())
        store.add_version(tx, made, note)
        return made

    def _change(
        self,
        id: str,
        action: str,
        change: Callable[[Transaction, Personality], Personality],
        *,
        revision: int | None = None,
    ) -> Personality:
        def work(tx: Transaction) -> Personality:
            before = store.get(tx.execute, id)
            if revision is not None and revision != before.revision:
                raise ConflictError(
                    f"The personality {before.name!r} was changed elsewhere in the meantime.",
                    remedy="Look at it again, then repeat your change.",
                )
            after = change(tx, before)
            if after == before:
                return before
            after = replace(after, revision=before.revision + 1)
            store.replace(tx, after)
            audit.record(tx, f"personalities.{action}", id, {"version": after.version})
            return after

        changed = self._database.write(work, returns=Personality)
        self._changes.publish("personalities", id, action)
        return changed


def _written(one: Personality | PersonalityVersion) -> dict[str, object]:
    """What a version is of; examples as one mapping each."""
    character = asdict(one.character)
    examples = tuple({"Asked": each["question"], "Answered": each["answer"]} for each in character["examples"])
    return {"name": one.name, "description": one.description, **character, "examples": examples}


def _taken(tx: Transaction) -> set[str]:
    return {written.same_name(each.name) for each in store.list_all(tx.execute, "active")}


def _refuse_taken(tx: Transaction, wanted: Personality) -> None:
    for other in store.list_all(tx.execute, "active"):
        if other.id != wanted.id and written.same_name(other.name) == written.same_name(wanted.name):
            raise NameTakenError(
                f"There is already a personality called {other.name!r}.",
                remedy="Choose another name, or change that one.",
            )
