"""What of the Workbench's own can be given with a question."""

from workbench.client.reply import Reply
from workbench.conversations.records import Given, Message
from workbench.errors import InvalidInputError

_OPEN = {
    "OpenExperience": "An Experience",
    "Workbench": "The Workbench",
    "Chat": "A chat",
}


def described(thing: object) -> Given | None:
    """A reply's or a message's text. Raises InvalidInputError for what is no text but a way to it."""
    if isinstance(thing, Reply | Message):
        if not thing.text.strip():
            raise InvalidInputError("The reply that is to be given holds no text.", remedy="Leave it out.")
        return Given(kind="text", name="", text=thing.text)
    if type(thing).__module__.startswith("workbench.") and type(thing).__name__ in _OPEN:
        raise InvalidInputError(
            f"{_OPEN[type(thing).__name__]} cannot be given with a question.",
            remedy="Give what you mean of it: a reply, or rows of its history, as `physics.history().tail(20)`.",
        )
    return None
