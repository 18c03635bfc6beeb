"""How messages and conversations look in a notebook."""

import re
from base64 import b64encode
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, TypeAlias

from workbench import shown
from workbench.conversations import tree
from workbench.plain import one_line, plain
from workbench.tex import as_text

if TYPE_CHECKING:
    from workbench.conversations.records import (
        Attachment,
        ConversationPage,
        ConversationTree,
        Fault,
        Given,
        Message,
    )

    Part: TypeAlias = Attachment | Given

LATEST_MESSAGES = 50
"""Of a longer branch, the end is shown."""

ENDINGS = {
    "complete": "",
    "running": "Still being written",
    "stopped": "Stopped; what had arrived is kept",
    "interrupted": "Interrupted; what had arrived is kept",
    "failed": "Failed; what had arrived is kept",
}
_BUSY = ' aria-busy="true"'
_COLUMNS = "display:grid;grid-auto-flow:column;grid-auto-columns:minmax(16em,1fr);gap:1.5em;overflow-x:auto"
_COLUMN = "min-width:0;overflow-wrap:anywhere"
_SMALL = "font-size:var(--jp-ui-font-size1,0.85em);margin:0.4em 0 0"
_PARTS = "border-left:2px solid var(--jp-border-color1,#767676);padding-left:0.8em;margin:0.4em 0 1em"
_PART = "max-height:20em;overflow:auto"
_PICTURE_SIZE = "max-width:100%;max-height:24em"
_PART_TEXT = "white-space:pre-wrap;overflow-wrap:anywhere"
_ALERT = "border-left:4px solid var(--jp-error-color1,#c00);padding:0.3em 0.8em;margin:0.6em 0 0"


_SHAPE = re.compile(r"\d[\d,]*(?: rows?)?(?: × \d[\d,]*(?: columns?)?)+")
"""How the text of a table begins."""
_PICTURE = re.compile(r"image/(?:png|jpeg|webp|gif)")


def about(reply: "Message") -> str:
    """How a reply ended, who gave it, shaped by what, and at what expense.

    `gpt-5 · Patient tutor 3 · 10 + 20 tokens · 1.2 s · $0.0031`, where 3 is the version.
    """
    facts = [ENDINGS[reply.status], reply.model_name or reply.model or "", _instead(reply), _unsent(reply)]
    facts += [f"{by.name} {by.version}" for by in (reply.personality, reply.prompt) if by]
    if reply.status != "running":
        facts += ["" if reply.verified else "not verified", _tokens(reply), _seconds(reply), _cost(reply)]
    return " · ".join(filter(None, facts))


def _instead(reply: "Message") -> str:
    """`instead of openai/gpt-5 (rate limited)`: who was asked before."""
    missed = ", ".join(f"{one.model} ({one.code.replace('_', ' ')})" for one in reply.tried)
    return f"instead of {missed}" if missed else ""


def _unsent(reply: "Message") -> str:
    """`temperature was not sent: o3 does not take it`."""
    if not reply.unsent:
        return ""
    return f"{', '.join(reply.unsent)} was not sent: {reply.model_name or reply.model} does not take it"


def _tokens(reply: "Message") -> str:
    if reply.output_tokens is None:
        return "tokens unknown"
    if reply.input_tokens is None:
        return shown.counted(reply.output_tokens, "token")
    return f"{reply.input_tokens:,} + {shown.counted(reply.output_tokens, 'token')}"


def _seconds(reply: "Message") -> str:
    return "" if reply.total_ms is None else f"{reply.total_ms / 1000:.1f} s"


def _cost(reply: "Message") -> str:
    return "cost unknown" if reply.cost_usd is None else shown.money(reply.cost_usd)


def rated(reply: "Message") -> str:
    """`Rated good: short and right`: your thumb and note; nothing where there are none."""
    if reply.rating is None:
        return ""
    words = "Rated good" if reply.rating == "up" else "Rated bad"
    return f"{words}: {reply.rating_note}" if reply.rating_note else words


def message(one: "Message") -> str:
    """A message as it is read."""
    who = "You" if one.author == "user" else _who(one)
    return _group(who, f'<p style="{_SMALL}"><strong>{as_text(who)}</strong></p>{said(one)}')


def answer(reply: "Message", parts: "Sequence[Part]" = ()) -> str:
    """A reply as the cell shows it that asked for it, below what was given with the question."""
    return _group(f"Reply of {_who(reply)}", f"{given(parts)}{said(reply)}")


def growing(reply: "Message", parts: "Sequence[Part]" = (), why: str = "") -> str:
    """A reply that is being written; `why` nothing comes now.

    What was given is only named, as this is drawn again and again.
    """
    return _group(f"Reply of {_who(reply)}", f"{_named(parts)}{_so_far(reply, why)}", busy=True)


def _named(parts: "Sequence[Part]") -> str:
    return status(given_plainly(parts)) if parts else ""


def _doing(reply: "Message") -> str:
    return "Writing…" if reply.text else "Thinking…" if reply.reasoning else f"Asking {_who(reply)}…"


def side_by_side(replies: "Sequence[Message]", parts: "Sequence[Part]" = ()) -> str:
    """Replies to one question in columns, below what was given with it; where there is no room they can be scrolled."""
    columns = "".join(
        f'<div role="group" aria-label="Reply of {escape(_who(reply))}" style="{_COLUMN}"'
        f"{_BUSY if reply.status == 'running' else ''}>"
        f'<p style="{_SMALL}"><strong>{as_text(reply.model or _who(reply))}</strong></p>{_so_far(reply)}</div>'
        for reply in replies
    )
    named = given(parts) if all(reply.status != "running" for reply in replies) else _named(parts)
    name = f"Replies of {shown.counted(len(replies), 'model')}"
    row = f'<div role="region" aria-label="{name}" tabindex="0" style="{_COLUMNS}">{columns}</div>'
    return shown.framed(f"{named}{row}")


def _so_far(reply: "Message", why: str = "") -> str:
    """A reply as it is by now: whole where it has ended."""
    if reply.status != "running":
        return said(reply)
    return f"{text(reply.text) if reply.text else ''}{status(why or _doing(reply))}"


def one_below_the_other(replies: "Sequence[Message]", parts: "Sequence[Part]" = ()) -> str:
    """Replies to one question as a terminal shows them, each below its model's name."""
    given_ = [plain(given_plainly(parts))] if parts else []
    return "\n\n".join([*given_, *map(named_plainly, replies)])


def named_plainly(reply: "Message") -> str:
    """A reply below its model's name."""
    return f"{heading(reply)}\n{plainly(reply)}"


def heading(reply: "Message") -> str:
    """What stands above a reply among others: `── openai/gpt-5`."""
    return f"── {one_line(reply.model or _who(reply))}"


def plainly(reply: "Message", parts: "Sequence[Part]" = ()) -> str:
    """A reply as a terminal shows it."""
    why = f"{reply.fault.message} {reply.fault.remedy}".strip() if reply.fault else ""
    return plain("\n".join(filter(None, [given_plainly(parts), reply.text, why, f"── {about(reply)}", rated(reply)])))


def given(parts: "Sequence[Part]") -> str:
    """What was given with a question, folded away: as text, whatever it holds, and pictures that are at hand."""
    if not parts:
        return ""
    inside = f'<div style="{_PARTS}">{"".join(map(_part, parts))}</div>'
    return f"<details><summary>{as_text(given_plainly(parts))}</summary>{inside}</details>"


def given_plainly(parts: "Sequence[Part]") -> str:
    """`Given: df (table, 1,000 × 5) · fig (picture) · notes.md (text, 2 KB)`; nothing where nothing was."""
    named = [f"{one_line(part.name)} ({', '.join(filter(None, [_kind(part), _extent(part)]))})" for part in parts]
    return f"Given: {' · '.join(named)}" if parts else ""


def _kind(part: "Part") -> str:
    return "PDF" if part.kind == "pdf" else part.kind


def _extent(part: "Part") -> str:
    if part.kind == "pdf":
        return shown.size(getattr(part, "size_bytes", 0) or len(getattr(part, "data", b"")))
    if part.kind == "table":
        shape = _SHAPE.match(part.text)
        return re.sub(r" (?:row|column)s?", "", shape[0]) if shape else ""
    return shown.size(len(part.text.encode())) if part.kind == "text" else ""


def _part(part: "Part") -> str:
    data: bytes = getattr(part, "data", b"")
    picture = ""
    if data and _PICTURE.fullmatch(part.media_type):
        source = f"data:{part.media_type};base64,{b64encode(data).decode()}"
        picture = f'<img src="{source}" alt="{escape(part.name)}" style="{_PICTURE_SIZE}">'
    return (
        f'<p style="{_SMALL}"><strong>{as_text(part.name)}</strong></p>{picture}'
        f'<div role="region" aria-label="{escape(part.name)}" tabindex="0" style="{_PART}">'
        f'<pre style="{_PART_TEXT}">{as_text(part.text)}</pre></div>'
    )


def _who(one: "Message") -> str:
    return one.model_name or one.model or "the model"


def _group(name: str, html: str, *, busy: bool = False) -> str:
    state = _BUSY if busy else ""
    return shown.framed(f'<div role="group" aria-label="{escape(name)}"{state}>{html}</div>')


def said(one: "Message") -> str:
    """What a message holds, without its author: its text, what was given with it, and how a reply ended."""
    ending = "".join(map(status, filter(None, (about(one), rated(one))))) if one.author != "user" else ""
    return f"{text(one.text)}{given(one.attachments)}{thoughts(one)}{fault(one.fault)}{ending}"


def text(markdown: str) -> str:
    """Markdown as HTML, with its colours where there are any."""
    from workbench.markdown import STYLE, to_html  # noqa: PLC0415  (pygments and its like, loaded where text is drawn)

    html = to_html(markdown)
    return f"<style>{STYLE}</style>{html}" if "<pre" in html or "<table" in html else html


def thoughts(one: "Message") -> str:
    """What a reasoning model thought aloud, folded away."""
    if not one.reasoning:
        return ""
    return f"<details><summary>What the model thought first</summary>{text(one.reasoning)}</details>"


def fault(why: "Fault | None") -> str:
    """Why a reply did not end well, and what to do."""
    if why is None:
        return ""
    return f'<p role="alert" style="{_ALERT}"><strong>{as_text(why.message)}</strong> {as_text(why.remedy)}</p>'


def status(line: str) -> str:
    """A line below a reply."""
    return f'<p style="{_SMALL}">{as_text(line)}</p>'


def page(found: "ConversationPage") -> str:
    """A page of conversations as a table."""
    caption = f"Conversations: {len(found.conversations):,} of {found.total:,}"
    columns = ("title", "message_count", "updated_at", "id")
    rows = [[getattr(one, column) for column in columns] for one in found.conversations]
    return shown.table(caption, columns, rows)


def transcript(found: "ConversationTree") -> str:
    """The branch of a conversation that is shown, as it is read."""
    branch = tree.branch(tree.by_id(found.messages), found.conversation.head_id)
    heading = f"{found.conversation.title or 'Conversation'} · {shown.counted(len(branch), 'message')}"
    beside = len(found.messages) - len(branch)
    notes = [f"{shown.counted(beside, 'message')} on other branches"] if beside else []
    notes += [f"the last {LATEST_MESSAGES} are shown"] if len(branch) > LATEST_MESSAGES else []
    caption = "; ".join([heading, *notes])
    messages = "".join(map(message, branch[-LATEST_MESSAGES:]))
    return shown.framed(f"<p><strong>{as_text(caption)}</strong></p>{messages}")
