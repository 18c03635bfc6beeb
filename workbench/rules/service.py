"""A home's rules: kept, put in order, tried, and applied to what is sent to models and what comes back."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol, Unpack, cast, get_args

from workbench.clock import new_id, utc_now
from workbench.errors import ConflictError, InvalidInputError, RuleAskError, RuleBlockedError
from workbench.rules import behaviour, detectors, order, store, streams
from workbench.rules.finders import MOST_WORDS, finders, longest
from workbench.rules.records import (
    ASKED,
    FOUND,
    Action,
    Direction,
    Examined,
    Firing,
    Found,
    Kind,
    NewRule,
    Part,
    Rule,
    RuleChanges,
    RuleList,
)
from workbench.security import audit
from workbench.storage.database import Database, Transaction
from workbench.storage.kept import Kept

LONGEST_NAME = 80
LONGEST_TEXT = 2_000
MOST_RULES = 200
MOST_FIRINGS = 100
"""What is found more often in one text is counted, and not kept one by one."""
_NAMES: dict[Kind, str] = {
    "secrets": "Secrets",
    "personal": "Personal data",
    "risky": "Risky prompts",
    "tools": "Allowed tools",
    "sources": "Allowed sources",
    "length": "Length of replies",
    "language": "Language of replies",
}


class PutBack(Protocol):
    """Puts back what was taken out of a reply."""

    def __call__(self, tx: Transaction, id: str, *, part: Part, marker: str, place: int, taken: str) -> None:
        """Of the reply `id`: `taken` stands again where the marker stands that is the `place`th of its kind, from 0."""
        ...


class Rules:
    """A home's rules. Safe to use from any thread."""

    def __init__(
        self,
        database: Database,
        *,
        experience: Callable[[str], object],
        experience_of: Callable[[str], str],
        put_back: PutBack,
        on_change: Callable[..., None],
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        """`experience` raises where there is none by an id; `experience_of` names the one of a conversation."""
        self._database = database
        self._every = Kept(database, "rules", read=store.rules)
        self._experience = experience
        self._experience_of = experience_of
        self._put_back = put_back
        self._on_change = on_change
        self._now = now

    def list(self) -> RuleList:
        """All of them, in the order of precedence."""
        known = {kind: detectors.names(kind) for kind in ("secrets", "personal")}
        return RuleList(rules=order.in_order(self._every()), order=order.ORDER, detectors=known)

    def applying(
        self,
        experience_id: str | None,
        conversation_id: str | None,
        direction: Direction | None = None,
        *,
        also: Collection[str] = (),
    ) -> tuple[Rule, ...]:
        """Those that are kept to there, in the order of precedence; `also` are ids of more, enabled or not."""
        return order.applying(
            self._every(),
            experience_id=experience_id,
            conversation_id=conversation_id,
            direction=direction,
            also=also,
        )

    @property
    def is_idle(self) -> bool:
        """Whether no rule, wherever it applies, changes or stops what is sent or comes back."""
        return not any(rule.enabled and _acts(rule) for rule in self._every())

    def instruction(self, experience_id: str | None, conversation_id: str | None = None) -> str:
        """What the rules there ask of a reply, as lines for a model; empty: nothing."""
        return behaviour.instruction(self.applying(experience_id, conversation_id))

    def most_output_tokens(self, experience_id: str | None, conversation_id: str | None = None) -> int | None:
        """How long the rules there let a reply become; None: as long as it likes."""
        return behaviour.most_output_tokens(self.applying(experience_id, conversation_id))

    def add(self, kind: Kind, **given: Unpack[NewRule]) -> Rule:
        """A new rule, the last of its scope. Raises InvalidInputError, NotFoundError."""
        conversation_id, experience_id = given.get("conversation_id"), given.get("experience_id")
        if conversation_id is not None:
            experience_id = self._experience_of(conversation_id)
        elif experience_id is not None:
            self._experience(experience_id)
        scope = "conversation" if conversation_id else "experience" if experience_id else "home"
        now = self._now()
        made = _clean(
            Rule(
                **{
                    "id": new_id(),
                    "name": "",
                    "kind": kind,
                    **_known(given),
                    "scope": scope,
                    "experience_id": experience_id,
                    "conversation_id": conversation_id,
                    "created_at": now,
                    "updated_at": now,
                    "revision": 1,
                }
            )
        )

        def write(tx: Transaction) -> Rule:
            every = store.rules(tx.execute)
            if len(every) >= MOST_RULES:
                raise InvalidInputError(f"There are {MOST_RULES} rules already.", remedy="Delete one first.")
            placed = replace(made, position=max((one.position for one in _beside(every, made)), default=-1) + 1)
            store.put(tx, placed)
            audit.record(tx, "rules.add", placed.id, {"kind": kind, "action": placed.action, "scope": placed.scope})
            return placed

        return self._changed(self._database.write(write, returns=Rule), "add")

    def change(self, id: str, changes: RuleChanges, *, revision: int | None = None) -> Rule:
        """The rule with those fields changed.

        Raises NotFoundError, InvalidInputError, and ConflictError if `revision` is given and is not the present one.
        """

        def write(tx: Transaction) -> Rule:
            before = store.rule(tx.execute, id)
            _refuse_conflict(before, revision)
            after = _clean(replace(before, **_known(changes)))
            if after == before:
                return before
            after = replace(after, updated_at=self._now(), revision=before.revision + 1)
            store.put(tx, after)
            audit.record(tx, "rules.change", id, {"action": after.action, "enabled": after.enabled})
            return after

        return self._changed(self._database.write(write, returns=Rule), "change")

    def move(self, id: str, position: int) -> RuleList:
        """Put a rule at another place, from 0, among those of its scope. Raises NotFoundError."""

        def write(tx: Transaction) -> Rule:
            moved = store.rule(tx.execute, id)
            beside = [one.id for one in _beside(store.rules(tx.execute), moved) if one.id != id]
            beside.insert(max(0, position), id)
            store.place(tx, beside)
            audit.record(tx, "rules.move", id, {"position": position})
            return moved

        self._changed(self._database.write(write, returns=Rule), "change")
        return self.list()

    def delete(self, id: str) -> None:
        """Keep to a rule no longer; it can be restored. Raises NotFoundError."""

        def write(tx: Transaction) -> None:
            store.rule(tx.execute, id)
            store.mark_deleted(tx, id, self._now())
            audit.record(tx, "rules.delete", id)

        self._database.write(write)
        self._on_change("rules", id, "delete")

    def restore(self, id: str) -> Rule:
        """Bring a deleted rule back. Raises NotFoundError."""

        def write(tx: Transaction) -> Rule:
            found = store.rule(tx.execute, id, deleted=True)
            restored = replace(found, updated_at=self._now(), revision=found.revision + 1)
            store.put(tx, restored)
            audit.record(tx, "rules.restore", id)
            return restored

        return self._changed(self._database.write(write, returns=Rule), "restore")

    def try_(
        self,
        text: str,
        direction: Direction = "outgoing",
        *,
        experience_id: str | None = None,
        conversation_id: str | None = None,
    ) -> Examined:
        """What the rules there would do with a text; nothing is sent or kept."""
        if conversation_id is not None:
            experience_id = self._experience_of(conversation_id)
        rules = self.applying(experience_id, conversation_id, direction)
        acts = streams.INCOMING if direction == "incoming" else streams.ASKED
        shown, found = streams.filtered(text, streams.watch(rules, acts))
        decision = order.strongest(one.action for one in found)
        return Examined(text=shown, found=found, decision=decision, message=_said(found) or "No rule finds anything.")

    def check(
        self,
        texts: Iterable[str],
        *,
        experience_id: str,
        conversation_id: str,
        message_id: str,
        allowed: Iterable[str] = (),
    ) -> str:
        """What is to be said of what is about to be sent; empty: nothing.

        `allowed` are ids of rules that the sender has been asked about, and lets pass. Raises RuleBlockedError, which
        is written down, and RuleAskError.
        """
        rules = self.applying(experience_id, conversation_id, "outgoing")
        watch = streams.watch(rules, streams.ASKED)
        if watch is None:
            return ""
        found = [one for text in texts for one in streams.filtered(text, watch)[1]]
        refuse(found, allowed, on_block=lambda: self.record(found, "outgoing", experience_id, conversation_id, None))
        self.record(found, "outgoing", experience_id, conversation_id, message_id)
        return _said(one for one in found if one.action != "ask")

    def firings(
        self,
        *,
        rule_id: str | None = None,
        conversation_id: str | None = None,
        message_id: str | None = None,
        most: int = 100,
    ) -> tuple[Firing, ...]:
        """What rules have found, the latest first."""
        return store.firings(
            self._database.read, rule_id=rule_id, conversation_id=conversation_id, message_id=message_id, most=most
        )

    def record(
        self,
        found: Iterable[Found],
        direction: Direction,
        experience_id: str | None,
        conversation_id: str | None,
        message_id: str | None,
        *,
        reasoning: Iterable[Found] = (),
    ) -> None:
        """Write down what was found."""
        now = self._now()
        made = [
            Firing(
                id=new_id(),
                rule_id=one.rule_id,
                rule=one.rule,
                rule_revision=one.revision,
                direction=direction,
                outcome=_OUTCOMES[one.action] if not one.marker else "redacted",
                what=one.what,
                count=count,
                experience_id=experience_id,
                conversation_id=conversation_id,
                message_id=message_id,
                part=part,  # type: ignore[arg-type]  # one of the two below
                place=place,
                marker=one.marker,
                taken=one.taken,
                created_at=now,
            )
            for part, group in (("text", found), ("reasoning", reasoning))
            for place, (one, count) in enumerate(_counted(group))
        ]
        if made:
            self._database.write(lambda tx: store.add_firings(tx, made))
            self._on_change("rule_firings", made[0].rule_id, "add")

    def undo(self, id: str) -> Firing:
        """Put back what was taken out of a reply. Raises NotFoundError, InvalidInputError."""

        def write(tx: Transaction) -> Firing:
            firing = store.firing(tx.execute, id)
            if not firing.marker or firing.direction != "incoming" or firing.undone_at or firing.message_id is None:
                raise InvalidInputError(
                    "There is nothing to put back: it was taken out of nothing that is kept, or is back already.",
                    remedy="What you wrote yourself is kept as you wrote it; change the rule, and send it again.",
                )
            equal = store.firings(tx.execute, message_id=firing.message_id, most=100_000)
            self._put_back(
                tx,
                firing.message_id,
                part=firing.part,
                marker=firing.marker,
                place=_place_of(firing, equal),
                taken=firing.taken,
            )
            store.undone(tx, id, self._now())
            audit.record(tx, "rules.undo", id)
            return replace(firing, undone_at=self._now())

        firing = self._database.write(write, returns=Firing)
        self._on_change("rule_firings", id, "undo", experience_id=firing.experience_id)
        self._on_change("messages", firing.message_id, "put_back", experience_id=firing.experience_id)
        return firing

    def report(self, id: str, why: str) -> Firing:
        """Say why what a rule has done was wrong; empty takes that back. Raises NotFoundError, InvalidInputError."""
        if len(why) > LONGEST_TEXT:
            raise InvalidInputError(f"That is longer than {LONGEST_TEXT:,} characters.", remedy="Say it shorter.")

        def write(tx: Transaction) -> Firing:
            firing = store.firing(tx.execute, id)
            store.reported(tx, id, why.strip())
            audit.record(tx, "rules.report", id)
            return replace(firing, reported=why.strip())

        firing = self._database.write(write, returns=Firing)
        self._on_change("rule_firings", id, "report")
        return firing

    def _changed(self, rule: Rule, action: str) -> Rule:
        self._on_change("rules", rule.id, action)
        return rule


_OUTCOMES: dict[Action, Any] = {"warn": "warned", "ask": "allowed", "redact": "redacted", "block": "blocked"}


def refuse(found: Iterable[Found], allowed: Iterable[str], *, on_block: Callable[[], None] = lambda: None) -> None:
    """Raise RuleBlockedError, or RuleAskError for what is not allowed, where a rule says so."""
    blocking = [one for one in found if one.action == "block"]
    if blocking:
        on_block()
        raise RuleBlockedError(
            f"Nothing was sent. {_said(blocking)}", remedy="Take it out of the question, or change the rule."
        )
    asking = [one for one in found if one.action == "ask" and one.rule_id not in set(allowed)]
    if asking:
        ids = tuple(dict.fromkeys(one.rule_id for one in asking))
        raise RuleAskError(
            f"Nothing was sent yet. {_said(asking)}",
            remedy="Take it out of the question, or allow it and send it again.",
            rules=ids,
        )


def _said(found: Iterable[Found]) -> str:
    """What was found, by which rules, in sentences."""
    by_rule: dict[tuple[str, Action], dict[str, None]] = {}
    for one in found:
        by_rule.setdefault((one.rule, one.action), {})[one.what] = None
    return " ".join(f"{_VERBS[action]} {name!r}: {'; '.join(whats)}." for (name, action), whats in by_rule.items())


_VERBS: dict[Action, str] = {
    "warn": "Warned by the rule",
    "ask": "Asked by the rule",
    "redact": "Taken out by the rule",
    "block": "Blocked by the rule",
}


def _acts(rule: Rule) -> bool:
    if rule.kind not in FOUND:
        return False
    return rule.action != "warn" or rule.direction != "outgoing"


def _counted(found: Iterable[Found]) -> Iterable[tuple[Found, int]]:
    """What was taken out, one by one; what still stands there, and what is too much, together with how often."""
    counts: dict[Found, int] = {}
    each = 0
    for one in found:
        if one.marker and each < MOST_FIRINGS:
            each += 1
            yield one, 1
        else:
            kind = replace(one, taken="", marker="") if one.marker else one
            counts[kind] = counts.get(kind, 0) + 1
    yield from list(counts.items())[:MOST_FIRINGS]


def _place_of(firing: Firing, of_reply: tuple[Firing, ...]) -> int:
    """Which of the equal markers that still stand in a reply is this one's, from 0."""
    equal = [
        one
        for one in of_reply
        if (one.marker, one.part, one.direction, one.undone_at) == (firing.marker, firing.part, "incoming", None)
    ]
    return sorted(equal, key=lambda one: (one.created_at, one.place)).index(firing)


def _beside(every: Iterable[Rule], rule: Rule) -> list[Rule]:
    """The rules of the same scope, in their order."""
    same = (rule.scope, rule.experience_id, rule.conversation_id)
    return [one for one in order.in_order(every) if (one.scope, one.experience_id, one.conversation_id) == same]


def _known(given: NewRule | RuleChanges) -> dict[str, Any]:
    names = {"name", "words", "text", "most_words", "direction", "action", "enabled"}
    return {
        name: tuple(cast(Iterable[str], value)) if name == "words" else value
        for name, value in given.items()
        if name in names
    }


def _clean(rule: Rule) -> Rule:
    """The rule with its fields put right. Raises InvalidInputError where it cannot be kept to."""
    name = " ".join(rule.name.split()) or _NAMES.get(rule.kind, "") or _named_by(rule)
    words = tuple(dict.fromkeys(filter(None, (" ".join(word.split()) for word in rule.words))))
    cleaned = replace(rule, name=name[:LONGEST_NAME], words=words, text=rule.text.strip())
    for value, known in ((rule.kind, Kind), (rule.direction, Direction), (rule.action, Action)):
        if value not in get_args(known):
            raise InvalidInputError(f"{value!r} is not possible here.", remedy=f"Use {', '.join(get_args(known))}.")
    if len(rule.text) > LONGEST_TEXT or len(words) > MOST_WORDS:
        raise InvalidInputError(
            f"A rule has at most {MOST_WORDS} words and a text of {LONGEST_TEXT:,} characters.",
            remedy="Make several rules of it.",
        )
    if rule.kind in ASKED:
        behaviour.refuse_unusable(cleaned)
        return replace(cleaned, direction="incoming", longest=0)
    if rule.kind == "risky":
        cleaned = replace(cleaned, direction="outgoing")
    if rule.kind in {"tools", "sources"}:
        cleaned = replace(cleaned, direction="incoming")
    return replace(cleaned, longest=longest(finders(cleaned)))


def _named_by(rule: Rule) -> str:
    return (", ".join(rule.words) or rule.text or rule.kind)[:LONGEST_NAME]


def _refuse_conflict(rule: Rule, revision: int | None) -> None:
    if revision is not None and revision != rule.revision:
        raise ConflictError("This rule was changed elsewhere in the meantime.", remedy="Look again, then repeat it.")
