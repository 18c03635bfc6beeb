"""What some days of conversations come to, by rules: the thinking that the weekly report's notebook calls. Pure."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from workbench.agents.records import Digest, Discussed, Expense, OpenQuestion, Passage
from workbench.conversations.records import Message
from workbench.memory import summaries

KEY_SENTENCES = 2
"""Of each conversation."""
PASSAGES = 6
MOST_QUESTIONS = 30
LONGEST_QUESTION = 300

_ENDED = {
    "failed": "Its reply failed",
    "stopped": "Its reply was stopped",
    "interrupted": "Its reply was interrupted",
    "running": "Its reply was still being written",
}
_DOES_NOT_KNOW = re.compile(
    r"\bI (?:do not|don['\u2019]t) know\b|\bI(?: am|['\u2019]m) not (?:sure|certain|able to)\b"
    r"|\bI (?:cannot|can['\u2019]t) (?:answer|help|say|tell)\b|\bich wei(?:ß|ss) (?:es )?nicht\b",
    re.IGNORECASE,
)


def digest(
    experience: str,
    messages: Sequence[Message],
    titles: Mapping[str, str],
    *,
    since: datetime,
    until: datetime,
    later: Sequence[Message] = (),
    left_out: int = 0,
) -> Digest:
    """What was said from `since` to before `until`: `messages` in order, with the titles of their conversations.

    `later` is what was said soon after: a question is not open if its reply came then. `left_out` says how many
    earlier messages are not among them.
    """
    return Digest(
        experience=experience,
        since=since,
        until=until,
        discussed=_discussed(messages, titles),
        passages=_passages(messages, titles),
        open_questions=_open_questions(messages, later, titles),
        expenses=_expenses(messages),
        remark=f"Only the latest {len(messages):,} messages were looked at; {left_out:,} were left out."
        if left_out
        else "",
    )


def _discussed(messages: Sequence[Message], titles: Mapping[str, str]) -> tuple[Discussed, ...]:
    found: list[Discussed] = []
    for id_, said in _by(messages, lambda m: m.conversation_id).items():
        texts = [m.text for m in said]
        found.append(
            Discussed(
                title=titles.get(id_, ""),
                questions=sum(m.author == "user" for m in said),
                replies=sum(m.author == "assistant" for m in said),
                words=sum(len(text.split()) for text in texts),
                last_at=max(m.created_at for m in said),
                key_sentences=tuple(s.text for s in summaries.key_sentences(texts, KEY_SENTENCES)),
                conversation_id=id_,
            )
        )
    return tuple(sorted(found, key=lambda one: (-one.words, one.conversation_id)))


def _passages(messages: Sequence[Message], titles: Mapping[str, str]) -> tuple[Passage, ...]:
    return tuple(
        Passage(
            text=found.text,
            author=messages[found.source].author,
            title=titles.get(messages[found.source].conversation_id, ""),
            at=messages[found.source].created_at,
            message_id=messages[found.source].id,
        )
        for found in summaries.key_sentences([m.text for m in messages], PASSAGES)
    )


def _open_questions(
    messages: Sequence[Message], later: Sequence[Message], titles: Mapping[str, str]
) -> tuple[OpenQuestion, ...]:
    """The user's messages that no reply settles, the latest first; of one that was edited only the last wording."""
    children = _by((*messages, *later), lambda m: m.parent_id or f"beginning of {m.conversation_id}")
    asked_by_place = ([m.id for m in said if m.author == "user"] for said in children.values())
    last_wordings = {ids[-1] for ids in asked_by_place if ids}
    found: list[OpenQuestion] = []
    for asked in messages:
        reason = _why_open(asked, children) if asked.id in last_wordings else ""
        if reason:
            found.append(
                OpenQuestion(
                    text=_shortened(asked.text),
                    reason=reason,
                    title=titles.get(asked.conversation_id, ""),
                    at=asked.created_at,
                    message_id=asked.id,
                )
            )
    return tuple(reversed(found[-MOST_QUESTIONS:]))


def _why_open(asked: Message, children: Mapping[str, Sequence[Message]]) -> str:
    """By which rule a message of the user's is taken for an open question; empty where none says so."""
    replies = children.get(asked.id, ())
    complete = [r for r in replies if r.status == "complete"]
    if not replies:
        return "No reply to it was found."
    if not complete:
        last = replies[-1]
        return f"{_ENDED[last.status]}: {last.fault.message}" if last.fault else f"{_ENDED[last.status]}."
    if all(_DOES_NOT_KNOW.search(reply.text) for reply in complete):
        return "The reply says that it does not know."
    went_on = any(children.get(reply.id) for reply in replies)
    if not went_on and all(reply.text.rstrip().endswith(("?", "\uff1f")) for reply in complete):
        return "The reply ends with a question, and was not answered."
    return ""


def _expenses(messages: Sequence[Message]) -> tuple[Expense, ...]:
    found: list[Expense] = []
    days: dict[tuple[date, str], list[Message]] = defaultdict(list)
    for reply in messages:
        if reply.author == "assistant":
            days[reply.created_at.date(), reply.model or "unknown"].append(reply)
    for (day, model), replies in sorted(days.items()):
        known = [r.cost_usd for r in replies if r.cost_usd is not None]
        found.append(
            Expense(
                day=day,
                model=model,
                replies=len(replies),
                input_tokens=sum(r.input_tokens or 0 for r in replies),
                output_tokens=sum(r.output_tokens or 0 for r in replies),
                cost_usd=sum(known, Decimal(0)) if known else None,
                of_unknown_cost=len(replies) - len(known),
            )
        )
    return tuple(found)


def _by(messages: Sequence[Message], key: Callable[[Message], str]) -> dict[str, list[Message]]:
    found: dict[str, list[Message]] = defaultdict(list)
    for message in messages:
        found[key(message)].append(message)
    return dict(found)


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_QUESTION else f"{line[:LONGEST_QUESTION]}…"
