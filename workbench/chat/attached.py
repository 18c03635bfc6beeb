"""How what was given with a question is put to a model: behind the question's own words. Nothing here reads or writes.

Each is named, and its text stands in a fence that nothing inside can close.
"""

from workbench.chat.fence import fenced
from workbench.conversations.records import Attachment, Message
from workbench.providers.records import Picture, Turn


def turn(message: Message, *, room_bytes: int) -> Turn:
    """A message as a turn; of the pictures for which there is no room, their description."""
    pictures: list[Picture] = []
    parts = [message.text]
    for number, each in enumerate(message.attachments):
        if each.kind != "picture":
            parts.append(f"{each.name} ({each.kind}):\n\n{fenced(each.text)}")
        elif each.size_bytes <= room_bytes:
            room_bytes -= each.size_bytes
            pictures.append(Picture(message_id=message.id, number=number, media_type=each.media_type))
            parts.append(f"{each.name}: picture {len(pictures)} of this message.")
        else:
            parts.append(_unseen(each))
    return Turn(role=message.author, text="\n\n".join(parts), pictures=tuple(pictures))


def _unseen(picture: Attachment) -> str:
    said = f"{picture.name}: a picture, which you are not shown."
    return f"{said} Its description:\n\n{fenced(picture.text)}" if picture.text else said
