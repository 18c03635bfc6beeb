"""Rules around each request to a model: what is sent goes through them, and what comes back, piece by piece.

Here no door can pass them by: replies, asides and agents' notebooks all ask through this.
"""

import logging
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from workbench.errors import ConflictError, RuleBlockedError, WorkbenchError
from workbench.providers.records import ChatRequest, Finished, ReasoningDelta, StreamEvent, TextDelta, ToolCall, Turn
from workbench.rules import service, streams
from workbench.rules.records import Found, Rule
from workbench.rules.service import Rules
from workbench.rules.streams import StreamFilter, Watch

log = logging.getLogger(__name__)


class Guard:
    """A home's rules as a guard of what is asked of models."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    @property
    def is_idle(self) -> bool:
        """Whether no rule changes or stops anything."""
        return self._rules.is_idle

    def screen(
        self,
        request: ChatRequest,
        *,
        experience_id: str | None,
        conversation_id: str | None,
        message_id: str | None,
        allowed: tuple[str, ...],
        also: tuple[tuple[str, int], ...] = (),
    ) -> "Screen | None":
        """The request without what rules take out, and a screen for what comes back. Raises as `Rules.check` does.

        Raises ConflictError where a rule of `also` is at another revision by now.
        """
        ids = frozenset(id for id, _ in also)
        outgoing = self._rules.applying(experience_id, conversation_id, "outgoing", also=ids)
        incoming = self._rules.applying(experience_id, conversation_id, "incoming", also=ids)
        _refuse_changed((*outgoing, *incoming), also)
        turns, asked, before = _sent(request.turns, outgoing, allowed)
        where = (experience_id, conversation_id, message_id)
        if found := [*asked, *before]:
            service.refuse(asked, allowed, on_block=lambda: self._rules.record(asked, "outgoing", *where))
            self._rules.record(found, "outgoing", *where)
        watch = streams.watch(incoming, streams.INCOMING)
        tools = tuple(rule for rule in incoming if rule.kind == "tools")
        if turns == request.turns and watch is None and not tools:
            return None
        return Screen(replace(request, turns=turns), watch, tools, self._rules, where)


def _refuse_changed(rules: tuple[Rule, ...], also: tuple[tuple[str, int], ...]) -> None:
    """Raise ConflictError where one of `also` is not among the rules at its revision."""
    present = {rule.id: rule for rule in rules}
    for id, revision in also:
        found = present.get(id)
        if found is None or found.revision != revision:
            raise ConflictError(
                f"The rule {found.name!r} has been changed." if found else f"The rule {id!r} has been deleted.",
                remedy="Begin anew with the rules there are now.",
            )


def _sent(
    turns: tuple[Turn, ...], rules: tuple[Rule, ...], allowed: tuple[str, ...]
) -> tuple[tuple[Turn, ...], list[Found], list[Found]]:
    """The turns as they may be sent; what was found in the last question; and what was taken out of the others.

    The last question is the sender's to be asked about; of what was said before, what a rule forbids is taken out. An
    instruction says itself what is forbidden, so that only secrets and personal data are looked for in it.
    """
    of_last = streams.watch(rules, streams.ASKED)
    of_others = streams.watch(rules, streams.SENT, allowed=allowed)
    of_own = streams.watch((rule for rule in rules if rule.kind in {"secrets", "personal"}), streams.SENT)
    last = max((at for at, turn in enumerate(turns) if turn.role == "user"), default=-1)
    sent: list[Turn] = []
    asked: list[Found] = []
    before: list[Found] = []
    for at, turn in enumerate(turns):
        by = of_last if at == last else of_own if turn.role == "system" else of_others
        text, found = streams.filtered(turn.text, by)
        sent.append(turn if text == turn.text else replace(turn, text=text))
        if at == last:
            asked += found
        else:
            before += (one for one in found if one.marker)
    return tuple(sent), asked, before


class Screen:
    """What may be shown of one answer."""

    def __init__(
        self,
        request: ChatRequest,
        watch: Watch | None,
        tools: tuple[Rule, ...],
        rules: Rules,
        where: tuple[str | None, str | None, str | None],
    ) -> None:
        """`where` names the Experience, the conversation and the reply."""
        self.request = request
        self._watch = watch
        self._tools = tools
        self._rules = rules
        self._where = where
        self._reasoning = _Part(watch)
        self._text = _Part(watch)

    def shown(self, event: StreamEvent) -> Iterator[StreamEvent]:
        """What may be shown now. Raises RuleBlockedError where the answer ends here."""
        match event:
            case TextDelta(text=text):
                yield from _texts(self._text.feed(text))
            case ReasoningDelta(text=text):
                yield from _thoughts(self._reasoning.feed(text))
            case ToolCall():
                yield from _texts(self._text.break_off())
                yield self._called(event)
            case Finished():
                yield from _thoughts(self._reasoning.break_off())
                yield from _texts(self._text.break_off())
                if not self._blocking:
                    yield event
        if self._blocking:
            raise _blocked(self._blocking)

    def keep(self) -> None:
        """Write down what was found; the answer is not lost where that fails."""
        try:
            self._rules.record(self._text.found, "incoming", *self._where, reasoning=self._reasoning.found)
        except WorkbenchError as error:
            log.error("What rules found could not be written down: %s", error.code)  # noqa: TRY400  (it says it all)

    @property
    def _blocking(self) -> list[Found]:
        parts = (self._text, self._reasoning)
        return [one for part in parts if part.is_stopped for one in part.found if one.action == "block"]

    def _called(self, call: ToolCall) -> StreamEvent:
        """A call of a tool as it may be shown; one of a tool that is not allowed is only named."""
        for rule in self._tools:
            if call.name.casefold() not in {word.casefold() for word in rule.words}:
                found = Found(
                    rule_id=rule.id,
                    rule=rule.name,
                    revision=rule.revision,
                    action=rule.action,
                    what=f"a call of the tool {call.name[:80]!r}",
                    taken=call.arguments,
                    marker="" if rule.action == "warn" else "[removed: a call of a tool]",
                )
                self._text.add(found, stops=rule.action == "block")
                if rule.action != "warn":
                    return TextDelta(text="" if rule.action == "block" else found.marker)
        arguments = self._text.whole(call.arguments)
        return call if arguments == call.arguments else replace(call, arguments=arguments)


class _Part:
    """One part of an answer: its text, or what the model thinks aloud."""

    def __init__(self, watch: Watch | None) -> None:
        self._watch = watch
        self._filter = None if watch is None else StreamFilter(watch)
        self._before: list[Found] = []
        self.is_stopped = False

    @property
    def found(self) -> tuple[Found, ...]:
        """What was found so far, in the order of the text."""
        return tuple(chain(self._before, self._filter.found if self._filter else ()))

    def feed(self, text: str) -> str:
        """What may be shown."""
        if self._filter is None or self.is_stopped:
            return "" if self.is_stopped else text
        shown = self._filter.feed(text)
        self.is_stopped = self._filter.is_stopped
        return shown

    def break_off(self) -> str:
        """What may be shown of what was held back, as the text ends here; what follows is another."""
        if self._filter is None or self._watch is None or self.is_stopped:
            return ""
        shown = self._filter.finish()
        self.is_stopped = self._filter.is_stopped
        self._before += self._filter.found
        self._filter = StreamFilter(self._watch)
        return shown

    def whole(self, text: str) -> str:
        """What may be shown of a text that is whole, and stands between two others."""
        return self.feed(text) + self.break_off()

    def add(self, found: Found, *, stops: bool) -> None:
        """Note what was found otherwise, between two texts."""
        self._before.append(found)
        self.is_stopped = self.is_stopped or stops


def _texts(text: str) -> Iterator[StreamEvent]:
    if text:
        yield TextDelta(text=text)


def _thoughts(text: str) -> Iterator[StreamEvent]:
    if text:
        yield ReasoningDelta(text=text)


def _blocked(found: list[Found]) -> RuleBlockedError:
    names = ", ".join(dict.fromkeys(f"{one.rule!r} ({one.what})" for one in found))
    return RuleBlockedError(
        f"The reply was ended by the rule {names}.", remedy="Ask otherwise, or change the rule and try again."
    )
