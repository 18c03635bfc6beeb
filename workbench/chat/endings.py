"""How a reply that its provider calls complete has ended. Nothing here reads or writes."""

from workbench.conversations.records import Fault, Status
from workbench.errors import OutputLimitError, RequestRefusedError
from workbench.providers.records import Finished


def ending(finished: Finished, provider: str | None) -> tuple[Status, Fault | None]:
    """Its status, and what is to be said of it: a complete message need not be a whole answer."""
    match finished.reason:
        case "length":
            cut = OutputLimitError(
                "The reply ended at the longest length that was allowed.",
                remedy="Continue it, or allow longer replies.",
            )
            return "stopped", Fault.of(cut)
        case "refused":
            refused = RequestRefusedError(
                f"The provider {provider!r} refused to answer this.",
                remedy="Ask in another way, or ask another model.",
            )
            return "failed", Fault.of(refused)
        case "stop" | "other":
            return "complete", None
