"""How what was given with a question is put to a model: behind the question's own words. Nothing here reads or writes.

Each is named, and its text stands in a fence that nothing inside can close.
"""

from collections.abc import Collection

from workbench.chat.fence import fenced
from workbench.conversations.records import Attachment, AttachmentKind, Message
from workbench.providers.records import Model, Pdf, Picture, Turn

_NOUNS = {"picture": "a picture", "pdf": "a PDF"}


def shown_to(model: Model) -> frozenset[AttachmentKind]:
    """What of pictures and PDFs the model is sent: what it is known to take."""
    takes: dict[AttachmentKind, bool | None] = {"picture": model.sees, "pdf": model.pdf}
    return frozenset(kind for kind, known in takes.items() if known)


def turn(message: Message, *, shows: Collection[AttachmentKind], room_bytes: int) -> Turn:
    """A message as a turn; of what is not in `shows`, and of what there is no room for, the description."""
    pictures: list[Picture] = []
    pdfs: list[Pdf] = []
    parts = [message.text]
    for number, each in enumerate(message.attachments):
        if each.kind not in _NOUNS:
            parts.append(f"{each.name} ({each.kind}):\n\n{fenced(each.text)}")
        elif each.kind not in shows or each.size_bytes > room_bytes:
            parts.append(_unseen(each))
        elif each.kind == "picture":
            room_bytes -= each.size_bytes
            pictures.append(Picture(message_id=message.id, number=number, media_type=each.media_type, name=each.name))
            parts.append(f"{each.name}: picture {len(pictures)} of this message.")
        else:
            room_bytes -= each.size_bytes
            pdfs.append(Pdf(message_id=message.id, number=number, name=each.name))
            parts.append(f"{each.name}: PDF {len(pdfs)} of this message.")
    return Turn(role=message.author, text="\n\n".join(parts), pictures=tuple(pictures), pdfs=tuple(pdfs))


def size_bytes(turn: Turn, message: Message) -> int:
    """How much of pictures and PDFs goes with the turn that this message became."""
    return sum(message.attachments[each.number].size_bytes for each in turn.shown)


def not_shown(message: Message, turn: Turn) -> tuple[str, ...]:
    """The names of the pictures and PDFs that the model is only told of."""
    goes = {each.number for each in turn.shown}
    return tuple(
        each.name for number, each in enumerate(message.attachments) if each.kind in _NOUNS and number not in goes
    )


def _unseen(given: Attachment) -> str:
    said = f"{given.name}: {_NOUNS[given.kind]}, which you are not shown."
    return f"{said} Its description:\n\n{fenced(given.text)}" if given.text else said
