"""The library of prompts: making, changing and finding them, going back, and filling them in."""

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import ModuleType

from workbench import differences, written
from workbench.clock import new_id, utc_now
from workbench.errors import ConflictError, InvalidInputError, NameTakenError, NotFoundError
from workbench.events import Changes
from workbench.prompts import clean, store, templates, variables
from workbench.prompts.private import FindPrivate, nothing_private
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
from workbench.security import audit
from workbench.storage.database import Database, Reader, Transaction
from workbench.storage.kept import Kept


class Prompts:
    """All of a home's prompts."""

    def __init__(self, database: Database, changes: Changes, *, find_private: FindPrivate = nothing_private) -> None:
        """`find_private` finds secrets and personal data in a text."""
        self._database = database
        self._changes = changes
        self._find_private = find_private
        self._active = Kept(database, "prompts", read=lambda read: store.list_all(read, "active"))
        self._shapes = Kept(database, "prompts", read=self._shape)

    def list(
        self, state: State | None = "active", *, folder: str | None = None, tag: str | None = None, words: str = ""
    ) -> tuple[Prompt, ...]:
        """Those in that state (None: every one), by folder and title.

        Of a folder those in its folders are, too; `words` all stand in the name, title, description, tags or text.
        """
        found = self._active() if state == "active" else store.list_all(self._database.read, state)
        wanted = written.same_name(words).split()
        return tuple(
            each
            for each in found
            if (folder is None or _within(each.folder, folder))
            and (tag is None or tag.casefold() in each.tags)
            and _has(each, wanted)
        )

    def get(self, id: str) -> Prompt:
        """One prompt by its id, in the trash or not, or by its name. Raises NotFoundError."""
        return store.find(self._database.read, id) or self.find(id)

    def find(self, name: str) -> Prompt:
        """One prompt by its name or id, also `/name`. Raises NotFoundError, with a guess where one is near."""
        wanted = name.strip().removeprefix("/").casefold()
        active = self._active()
        for each in active:
            if wanted in (each.name, each.id):
                return each
        near = difflib.get_close_matches(wanted, [each.name for each in active], n=1)
        raise NotFoundError(
            f"There is no prompt called {name[:60]!r}.",
            remedy=f"Did you mean {near[0]!r}?" if near else "`workbench prompts list` shows those there are.",
        )

    def templates(self) -> tuple[PromptTemplate, ...]:
        """Those that are shipped, by title."""
        return templates.shipped_templates()

    def create(
        self,
        name: str = "",
        *,
        title: str = "",
        folder: str | None = None,
        tags: Sequence[str] | None = None,
        description: str = "",
        text: str = "",
        variables: Sequence[Variable] | None = None,
        use: Use | None = None,
        template: str | None = None,
        id: str | None = None,
    ) -> Prompt:
        """A new prompt; one that was already made under the same `id` is given back as it is.

        With `template` it has what that one has, but for what is given, and where no name is given its name, with a
        number if that is in use. What the text uses and nobody declares is asked for as a text. Raises
        InvalidInputError, NameTakenError, NotFoundError.
        """
        begin = None if template is None else templates.find(template)
        now = utc_now()
        prompt = _cleaned(
            Prompt(
                id=id or new_id(),
                name=clean.name(name or (begin.name if begin else title)),
                title=title or (begin.title if begin else name),
                folder=(begin.folder if begin else "") if folder is None else folder,
                tags=tuple((begin.tags if begin else ()) if tags is None else tags),
                description=description or (begin.description if begin else ""),
                text=text or (begin.text if begin else ""),
                variables=tuple((begin.variables if begin else ()) if variables is None else variables),
                use=use or (begin.use if begin else "either"),
                version=1,
                created_at=now,
                updated_at=now,
                revision=1,
            )
        )
        return self._insert(prompt, f"From the template {template}" if template else "", numbered=not name, by="create")

    def duplicate(self, id: str, *, new: str | None = None) -> Prompt:
        """Another prompt with the same content, and a number behind its name; `new` is its id. Raises NotFoundError."""
        before = self.get(id)
        now = utc_now()
        copy = replace(
            before,
            id=new or new_id(),
            title=clean.title(f"{before.title[: clean.LONGEST_TITLE - 7]} (copy)"),
            version=1,
            state="active",
            trashed_at=None,
            created_at=now,
            updated_at=now,
            revision=1,
        )
        return self._insert(copy, f"A copy of {before.name}", numbered=True, by="duplicate")

    def update(self, id: str, changes: PromptChanges, *, note: str = "", revision: int | None = None) -> Prompt:
        """The prompt with those fields changed; its next version, if what it says or asks for is another.

        Raises ConflictError if `revision` is given and is not the present one, NameTakenError, InvalidInputError.
        """
        said = clean.note(note)

        def change(tx: Transaction, before: Prompt) -> Prompt:
            after = _cleaned(replace(before, **changes))
            if after != before and before.state == "trashed":
                raise InvalidInputError(f"{before.name!r} is in the trash.", remedy="Restore it first.")
            return self._next(tx, before, after, said)

        return self._change(id, "update", change, revision=revision)

    def versions(self, id: str) -> tuple[PromptVersion, ...]:
        """All that it has been, the latest first. Raises NotFoundError."""
        return store.all_versions(self._database.read, self.get(id).id)

    def difference(self, id: str, before: int, after: int) -> PromptDifference:
        """What is different between two of its versions. Raises NotFoundError."""
        found = self.get(id).id
        earlier, later = (_written(store.version(self._database.read, found, number)) for number in (before, after))
        return PromptDifference(before=before, after=after, fields=differences.between(earlier, later))

    def roll_back(self, id: str, number: int, *, revision: int | None = None) -> Prompt:
        """As it was in an earlier version, as its next one: nothing is lost by it.

        Raises NotFoundError, ConflictError, and InvalidInputError where it includes what there is no more.
        """

        def change(tx: Transaction, before: Prompt) -> Prompt:
            then = store.version(tx.execute, before.id, number)
            if before.state == "trashed":
                raise InvalidInputError(f"{before.name!r} is in the trash.", remedy="Restore it first.")
            after = replace(
                before,
                title=then.title,
                description=then.description,
                text=then.text,
                variables=then.variables,
                use=then.use,
            )
            return self._next(tx, before, after, f"Back to version {number}")

        return self._change(id, "roll_back", change, revision=revision)

    def delete(self, id: str) -> Prompt:
        """Move it to the trash: nothing uses it from now on, and `restore` brings it back."""

        def throw_away(_: Transaction, before: Prompt) -> Prompt:
            return before if before.state == "trashed" else replace(before, state="trashed", trashed_at=utc_now())

        return self._change(id, "delete", throw_away)

    def restore(self, id: str) -> Prompt:
        """Take it out of the trash; it gets a number behind its name if the name is in use by now."""

        def bring_back(tx: Transaction, before: Prompt) -> Prompt:
            if before.state == "active":
                return before
            name = _free_name(tx, before.name)
            return replace(before, state="active", trashed_at=None, name=name)

        return self._change(id, "restore", bring_back)

    def render(self, id: str, values: Values, *, today: date | None = None) -> Rendered:
        """The prompt (its name or id) with its variables filled in, and those of the prompts it includes.

        Raises NotFoundError, and InvalidInputError naming the variable that is missing or does not fit.
        """
        template = _template()
        prompt = self.find(id)
        sources, asked = self._whole(prompt)
        given = variables.filled(asked, values, today=today or utc_now().date())
        return Rendered(
            text=template.render(prompt.text, given, sources),
            prompt_id=prompt.id,
            name=prompt.name,
            version=prompt.version,
            values={name: value for name, value in given.items() if value is not None},
        )

    def shape(self, id: str, values: Mapping[str, str]) -> Rendered:
        """The same for what is sent with every request: it is filled in again only when a prompt, or the day, changes.

        Raises NotFoundError, also for one in the trash, and InvalidInputError.
        """
        return self._shapes(id, tuple(sorted(values.items())), utc_now().date())

    def _shape(self, _: Reader, id: str, values: tuple[tuple[str, str], ...], today: date) -> Rendered:
        return self.render(id, dict(values), today=today)

    def asked(self, id: str) -> tuple[Variable, ...]:
        """The variables of a prompt (its name or id), and of those it includes; its own stand for theirs."""
        return self._whole(self.find(id))[1]

    def preview(
        self, text: str, declared: Sequence[Variable], values: Values, *, name: str = "", today: date | None = None
    ) -> PromptPreview:
        """What a text that nobody has kept yet would become; what is wrong with it is said and not raised."""
        template = _template()
        problems: list[str] = []
        cleaned = clean.text(text)
        try:
            included = template.included(name or "this prompt", cleaned, self._source)
            inherited = _all((), included, self._by_name())
            own = _declared(cleaned, variables.clean(declared), included, [each.name for each in inherited])
        except InvalidInputError as error:
            return PromptPreview(text="", problems=(str(error),))
        shown: dict[str, Value | None] = {}
        for each in _all(own, included, self._by_name()):
            try:
                given = {each.name: values.get(each.name)}
                shown |= variables.filled([each], given, today=today or utc_now().date())
            except InvalidInputError as error:
                problems.append(str(error))
                shown[each.name] = _stand_in(each)
        try:
            return PromptPreview(text=template.render(cleaned, shown, included), problems=tuple(problems))
        except InvalidInputError as error:
            return PromptPreview(text="", problems=(*problems, str(error)))

    def lint(
        self, text: str, declared: Sequence[Variable], *, name: str = "", window_tokens: int | None = None
    ) -> Linted:
        """What is to be said of a text that may not have been kept yet."""
        from workbench.prompts.lint import lint  # noqa: PLC0415  (loads the door to jinja2)

        return lint(
            clean.text(text),
            declared,
            name=name,
            find=self._source,
            declared_by_included={each.name: [v.name for v in each.variables] for each in self._active()},
            window_tokens=window_tokens,
            find_private=self._find_private,
        )

    def _whole(self, prompt: Prompt) -> tuple[dict[str, str], tuple[Variable, ...]]:
        """What a prompt includes, and all the variables it asks for."""
        sources = _template().included(prompt.name, prompt.text, self._source)
        return sources, _all(prompt.variables, sources, self._by_name())

    def _by_name(self) -> Mapping[str, Prompt]:
        return {each.name: each for each in self._active()}

    def _source(self, name: str) -> str | None:
        found = self._by_name().get(name)
        return found.text if found else None

    def _insert(self, prompt: Prompt, note: str, *, numbered: bool, by: str) -> Prompt:
        def insert(tx: Transaction) -> Prompt:
            known = store.find(tx.execute, prompt.id)
            if known is not None:
                return known
            named = replace(prompt, name=_free_name(tx, prompt.name)) if numbered else prompt
            made = replace(named, variables=_checked(tx.execute, named))
            _refuse_taken(tx, made)
            store.insert(tx, made, note)
            audit.record(tx, f"prompts.{by}", made.id)
            return made

        made = self._database.write(insert, returns=Prompt)
        self._changes.publish("prompts", made.id, by)
        return made

    def _next(self, tx: Transaction, before: Prompt, after: Prompt, note: str) -> Prompt:
        """The change; with its version's number, and the version kept, where what is written is another."""
        if after == before:
            return before
        after = replace(after, variables=_checked(tx.execute, after))
        _refuse_taken(tx, after)
        if _written(after) == _written(before):
            return after
        made = replace(after, version=before.version + 1, updated_at=utc_now())
        store.add_version(tx, made, note)
        return made

    def _change(
        self,
        id: str,
        action: str,
        change: Callable[[Transaction, Prompt], Prompt],
        *,
        revision: int | None = None,
    ) -> Prompt:
        found = self.get(id).id

        def work(tx: Transaction) -> Prompt:
            before = store.get(tx.execute, found)
            if revision is not None and revision != before.revision:
                raise ConflictError(
                    f"The prompt {before.name!r} was changed elsewhere in the meantime.",
                    remedy="Look at it again, then repeat your change.",
                )
            after = change(tx, before)
            if after == before:
                return before
            after = replace(after, revision=before.revision + 1, updated_at=utc_now())
            store.replace(tx, after)
            audit.record(tx, f"prompts.{action}", found, {"version": after.version})
            return after

        changed = self._database.write(work, returns=Prompt)
        self._changes.publish("prompts", found, action)
        return changed


def _template() -> ModuleType:
    """The door to jinja2, which takes 40 ms to load: as late as a prompt is first used."""
    from workbench.prompts import template  # noqa: PLC0415

    return template


def _cleaned(prompt: Prompt) -> Prompt:
    """The prompt as it is kept. Raises InvalidInputError."""
    name = clean.name(prompt.name)
    text = clean.text(prompt.text)
    if not text:
        raise InvalidInputError("The prompt is empty.", remedy="Write what the model is to do.")
    return replace(
        prompt,
        name=name,
        title=clean.title(prompt.title) or name,
        folder=clean.folder(prompt.folder),
        tags=clean.tags(prompt.tags),
        description=clean.description(prompt.description),
        text=text,
        variables=variables.clean(prompt.variables),
    )


def _checked(read: Reader, prompt: Prompt) -> tuple[Variable, ...]:
    """Its variables, with what its text uses and nobody declares as texts.

    Raises InvalidInputError where the text is no prompt, includes itself, or one that there is not.
    """
    others = {each.name: each for each in store.list_all(read, "active") if each.id != prompt.id}
    texts = {**{name: each.text for name, each in others.items()}, prompt.name: prompt.text}
    included = _template().included(prompt.name, prompt.text, texts.get)
    inherited = [v.name for name in included for v in others[name].variables]
    return _declared(prompt.text, prompt.variables, included, inherited)


def _declared(
    text: str, declared: Sequence[Variable], included: Mapping[str, str], inherited: Sequence[str] = ()
) -> tuple[Variable, ...]:
    parse = _template().parse
    used = parse(text).names.union(*(parse(each).names for each in included.values()))
    undeclared = used - {each.name for each in declared} - set(inherited)
    return variables.clean([*declared, *(Variable(name=name) for name in sorted(undeclared))])


def _all(own: Sequence[Variable], included: Mapping[str, str], by_name: Mapping[str, Prompt]) -> tuple[Variable, ...]:
    """A prompt's own variables, then those of what it includes that have other names."""
    found = {each.name: each for each in own}
    for name in included:
        for each in by_name[name].variables:
            found.setdefault(each.name, each)
    return tuple(found.values())


def _written(one: Prompt | PromptVersion) -> dict[str, object]:
    """What a version is of."""
    return {
        "title": one.title,
        "description": one.description,
        "use": one.use,
        "text": one.text,
        "variables": tuple(_in_words(each) for each in one.variables),
    }


def _in_words(variable: Variable) -> str:
    """A variable on one line."""
    facts = [f"{variable.name}: {variable.kind}"]
    facts += [variable.label] if variable.label else []
    facts += [f"one of {', '.join(variable.choices)}"] if variable.choices else []
    facts += [f"at least {variable.min:g}"] if variable.min is not None else []
    facts += [f"at most {variable.max:g}"] if variable.max is not None else []
    facts += [f"at most {variable.longest:,} characters"] if variable.longest else []
    facts += [f"else {variable.default}"] if variable.default is not None else []
    facts += [] if variable.required else ["may be left out"]
    return "; ".join(facts)


def _stand_in(variable: Variable) -> Value:
    """What stands for a variable that is not filled in: of a number one that it could be."""
    if variable.kind == "number":
        return 1 if variable.min is None else variable.min
    return f"[{variable.label or variable.name}]"


def _within(folder: str, wanted: str) -> bool:
    one, other = folder.casefold(), wanted.strip("/").casefold()
    return not other or one == other or one.startswith(f"{other}/")


def _has(prompt: Prompt, words: Sequence[str]) -> bool:
    if not words:
        return True
    everything = written.same_name(
        "\n".join((prompt.name, prompt.title, prompt.description, *prompt.tags, prompt.folder, prompt.text))
    )
    return all(word in everything for word in words)


def _free_name(tx: Transaction, name: str) -> str:
    taken = {each.name for each in store.list_all(tx.execute, "active")}
    number, candidate = 2, name
    while candidate in taken:
        candidate, number = f"{name[: clean.LONGEST_NAME - 8]}-{number}", number + 1
    return candidate


def _refuse_taken(tx: Transaction, prompt: Prompt) -> None:
    if any(each.name == prompt.name and each.id != prompt.id for each in store.list_all(tx.execute, "active")):
        raise NameTakenError(
            f"There is already a prompt called {prompt.name!r}.", remedy="Choose another name, or change that one."
        )
