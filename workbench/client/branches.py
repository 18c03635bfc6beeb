"""The branches of conversations, from outside the owner."""

from workbench.client.transport import Transport
from workbench.conversations.records import BranchChange, DeletedBranch


class Branches:
    """Deletes branches of conversations, and brings them back; `conversations.get` gives all that are there."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def deleted(self, conversation_id: str) -> tuple[DeletedBranch, ...]:
        """The branches of a conversation that were deleted, the latest first. Raises NotFoundError."""
        return self._transport.get(f"/conversations/{conversation_id}/deleted", tuple[DeletedBranch, ...])

    def delete(self, message_id: str) -> BranchChange:
        """Delete a message and all that follows it, on every branch; `restore` undoes it.

        Raises ReplyRunningError if a reply in it is still being written, NotFoundError.
        """
        return self._transport.call("DELETE", f"/messages/{message_id}", BranchChange)

    def restore(self, message_id: str) -> BranchChange:
        """Bring back what was deleted with a message, and no more.

        Raises ConflictError if it went with an earlier message, or follows one that is deleted; NotFoundError.
        """
        return self._transport.post(f"/messages/{message_id}/restore", BranchChange)
