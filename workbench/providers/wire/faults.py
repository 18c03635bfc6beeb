"""What is wrong with a stream itself, as errors."""

from workbench.errors import StreamCutError, StreamMalformedError
from workbench.providers.faults import Asked


def malformed(what: str) -> StreamMalformedError:
    """The stream is not of its format; `what` says where."""
    return StreamMalformedError(f"The reply came in a broken form: {what}.", remedy="Continue it, or try again.")


def cut(asked: Asked) -> StreamCutError:
    """The stream is over and the message is not complete."""
    return StreamCutError(
        f"The reply from {asked.provider!r} was cut off before its end.", remedy="Continue it, or try again."
    )
