"""What a running reply sends."""

from dataclasses import dataclass

from workbench.conversations.records import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A reply as it is when a stream begins."""

    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """What has just arrived; it goes behind what was there."""

    text: str = ""
    reasoning: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The reply has ended, well or not: `message.status` says how."""

    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Nothing arrives for a while; `message` says why."""

    message: str


ReplyEvent = Snapshot | Delta | Waiting | Done
