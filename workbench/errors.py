"""Every error a user can meet.

Each has a stable `code`, a sentence that names the thing, and a `remedy`: a command or a click that works.

    WorkbenchError
    ├── InvalidInputError             what was given cannot be used
    │   ├── NameTakenError
    │   ├── QueryFailedError          SQL that does not work out
    │   ├── QueryRefusedError         SQL that may not run
    │   └── QueryTooLargeError        SQL that was ended for what it took
    ├── NotFoundError                 no such record
    ├── ConflictError                 the record has changed since it was read
    ├── ReplyRunningError             the conversation is waiting for a reply that still runs
    ├── AccessError                   the caller may not
    │   └── TokenUnknownError
    ├── OwnerError                    the process that owns the home folder
    │   ├── OwnerUnreachableError
    │   ├── OwnerLostError
    │   └── OwnerStoppingError
    ├── StoreError                    the encrypted store
    │   ├── DiskFullError
    │   ├── HomeNotWritableError
    │   ├── HomeTooNewError
    │   ├── StoreDamagedError
    │   ├── StoreInUseError
    │   ├── StoreMemoryError
    │   └── EncryptionMissingError
    ├── VaultError                    the keys
    │   ├── LockedError
    │   ├── WrongPassphraseError
    │   ├── KeyringUnavailableError
    │   └── KeyLostError
    ├── SetupError                    making the environment of a checkout
    │   ├── PythonUnsuitableError
    │   ├── PackagesUnreachableError
    │   ├── PackageMissingError
    │   └── BuildError
    ├── AgentFailedError              a run of an agent did not reach its end
    ├── BudgetReachedError            nothing was sent, as it would cost more than a budget allows
    ├── RuleBlockedError              a rule forbids what was to be sent, or what came back
    ├── RuleAskError                  nothing was sent yet, as a rule asks before
    └── ProviderError                 a model or what serves it
        ├── ModelMissingError
        │   └── ProviderDisabledError
        ├── ModelFileError
        ├── DownloadError
        ├── KeyMissingError
        ├── KeyRejectedError
        ├── ModelForbiddenError       the key is good, but not for this model
        ├── ModelUnknownError
        ├── QuotaExceededError
        ├── RateLimitedError
        ├── ContextTooLongError
        ├── AttachmentTooLargeError
        ├── RequestRefusedError
        ├── ProviderUnavailableError
        │   ├── NetworkMissingError
        │   └── AddressWrongError
        ├── StreamStalledError
        ├── StreamCutError
        └── StreamMalformedError

Over HTTP an error is its `status` and `{code, message, remedy}`; on the command line one line on stderr and its
`exit_code`.
"""

from typing import ClassVar


class WorkbenchError(Exception):
    """The root of the tree: anything that a user is told."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()

    def _render_traceback_(self) -> list[str]:
        """What IPython shows in place of a traceback."""
        return [line for line in (f"{type(self).__name__}: {self.message}", self.remedy) if line]


class InvalidInputError(WorkbenchError):
    """What was given cannot be used."""

    code = "invalid_input"
    status = 422
    exit_code = 2


class NameTakenError(InvalidInputError):
    """Another record has that name."""

    code = "name_taken"
    status = 409


class QueryFailedError(InvalidInputError):
    """A query that is not SQL, or does not work out."""

    code = "query_failed"


class QueryRefusedError(InvalidInputError):
    """A query that reads something else than one's history, or might do more than read."""

    code = "query_refused"


class QueryTooLargeError(InvalidInputError):
    """A query was ended, as it took too long, too much memory, or gave too much."""

    code = "query_too_large"


class NotFoundError(WorkbenchError):
    """There is no such record."""

    code = "not_found"
    status = 404
    exit_code = 3


class ConflictError(WorkbenchError):
    """The record has changed since it was read."""

    code = "conflict"
    status = 409
    exit_code = 4


class ReplyRunningError(WorkbenchError):
    """A reply is still running where the change would go."""

    code = "reply_running"
    status = 409
    exit_code = 4


class AccessError(WorkbenchError):
    """The caller may not do this."""

    code = "access_denied"
    status = 403
    exit_code = 5


class TokenUnknownError(AccessError):
    """The request carries no token, or that of an owner that has ended."""

    code = "token_unknown"
    status = 401


class OwnerError(WorkbenchError):
    """Something about the process that owns the home folder."""

    code = "owner"
    status = 503
    exit_code = 6


class OwnerUnreachableError(OwnerError):
    """The owner did not start or does not answer."""

    code = "owner_unreachable"


class OwnerLostError(OwnerError):
    """The owner ended, or hung up, before it had answered."""

    code = "owner_lost"
    status = 502


class OwnerStoppingError(OwnerError):
    """The owner is on its way out; the next start takes over."""

    code = "owner_stopping"


class StoreError(WorkbenchError):
    """Something about the encrypted store."""

    code = "store"
    exit_code = 7


class DiskFullError(StoreError):
    """There was no room to write; what was saved before is safe."""

    code = "disk_full"
    status = 507


class HomeNotWritableError(StoreError):
    """The home folder cannot be written."""

    code = "home_not_writable"


class HomeTooNewError(StoreError):
    """The store was written by a newer version."""

    code = "home_too_new"


class StoreDamagedError(StoreError):
    """The store or its key file cannot be read."""

    code = "store_damaged"


class StoreInUseError(StoreError):
    """Another process holds the store."""

    code = "store_in_use"


class StoreMemoryError(StoreError):
    """Something takes more memory than the store may use."""

    code = "store_memory"


class EncryptionMissingError(StoreError):
    """The encryption extension cannot be loaded, so the store stays closed."""

    code = "encryption_missing"


class VaultError(WorkbenchError):
    """Something about the keys."""

    code = "vault"
    status = 423
    exit_code = 8


class LockedError(VaultError):
    """The store waits for its passphrase."""

    code = "locked"


class WrongPassphraseError(VaultError):
    """The passphrase does not open the store."""

    code = "wrong_passphrase"
    status = 403


class KeyringUnavailableError(VaultError):
    """The system's keyring is locked or gone."""

    code = "keyring_unavailable"


class KeyLostError(VaultError):
    """The master key of this home is not where it was kept."""

    code = "key_lost"


class SetupError(WorkbenchError):
    """The environment of a checkout could not be made."""

    code = "setup"
    exit_code = 10


class PythonUnsuitableError(SetupError):
    """This Python is too old, or it cannot make environments."""

    code = "python_unsuitable"
    exit_code = 11


class PackagesUnreachableError(SetupError):
    """The packages could not be fetched."""

    code = "packages_unreachable"
    exit_code = 12


class PackageMissingError(SetupError):
    """A package that this needs is not installed."""

    code = "package_missing"


class BuildError(SetupError):
    """The Workbench itself could not be built or installed."""

    code = "build"
    exit_code = 13


class AgentFailedError(WorkbenchError):
    """A run of an agent did not reach its end; its record says in which cell, and why."""

    code = "agent_failed"
    exit_code = 14


class BudgetReachedError(WorkbenchError):
    """A budget is spent, or would be by what is to be sent; nothing was sent."""

    code = "budget_reached"
    status = 402
    exit_code = 15


class RuleBlockedError(WorkbenchError):
    """A rule forbids what was to be sent, or what came back."""

    code = "rule_blocked"
    status = 403
    exit_code = 16


class RuleAskError(WorkbenchError):
    """A rule asks before something is sent; nothing was. `rules` are the ids of those to allow, to send it again."""

    code = "rule_ask"
    status = 409
    exit_code = 17

    def __init__(self, message: str, *, remedy: str = "", rules: tuple[str, ...] = ()) -> None:
        super().__init__(message, remedy=remedy)
        self.rules = rules


class ProviderError(WorkbenchError):
    """Something about a model or about what serves it.

    `retryable` says whether the same request may work later, and `retry_after_s` how long the provider asks to wait.
    """

    code = "provider"
    status = 502
    exit_code = 9
    retryable: bool = False
    retry_after_s: float | None = None


class ModelMissingError(ProviderError):
    """No model has been set up, or the one asked for is not there."""

    code = "model_missing"
    status = 409


class ProviderDisabledError(ModelMissingError):
    """The provider has been switched off, so nothing is sent to it."""

    code = "provider_disabled"


class ModelFileError(ProviderError):
    """A model file is damaged, of the wrong kind, or too large for this machine."""

    code = "model_file"
    status = 422


class DownloadError(ProviderError):
    """A model could not be fetched."""

    code = "download"
    retryable = True


class KeyMissingError(ProviderError):
    """The provider needs a key, and none is stored or it is not where it is read from."""

    code = "key_missing"
    status = 409


class KeyRejectedError(ProviderError):
    """The provider does not accept the key."""

    code = "key_rejected"


class ModelForbiddenError(ProviderError):
    """The provider accepts the key, which has no right to use the model."""

    code = "model_forbidden"


class ModelUnknownError(ProviderError):
    """The provider does not know the model, or no longer has it."""

    code = "model_unknown"


class QuotaExceededError(ProviderError):
    """The account at the provider has no credit or quota left."""

    code = "quota_exceeded"


class RateLimitedError(ProviderError):
    """The provider asks to wait."""

    code = "rate_limited"
    retryable = True

    def __init__(self, message: str, *, remedy: str = "", retry_after_s: float | None = None) -> None:
        super().__init__(message, remedy=remedy)
        self.retry_after_s = retry_after_s


class ContextTooLongError(ProviderError):
    """The conversation does not fit into the model's context window."""

    code = "context_too_long"


class AttachmentTooLargeError(ProviderError):
    """The pictures or PDFs that went with a question are larger than the provider takes."""

    code = "attachment_too_large"


class RequestRefusedError(ProviderError):
    """The provider or the model declined the request."""

    code = "request_refused"


class OutputLimitError(ProviderError):
    """The reply ended where it would have become longer than was allowed."""

    code = "output_limit_reached"


class ProviderUnavailableError(ProviderError):
    """The provider cannot be reached, fails, or answers something that is not its API."""

    code = "provider_unavailable"

    def __init__(
        self, message: str, *, remedy: str = "", retryable: bool = True, retry_after_s: float | None = None
    ) -> None:
        """`retryable`: it may be there in a while; if not, something has to be set right first."""
        super().__init__(message, remedy=remedy)
        self.retryable = retryable
        self.retry_after_s = retry_after_s


class NetworkMissingError(ProviderUnavailableError):
    """The provider's name cannot be looked up, or no way leads to it: most often there is no network."""

    code = "network_missing"


class AddressWrongError(ProviderUnavailableError):
    """What is at the provider's address is not its API, or nothing listens there."""

    code = "address_wrong"


class StreamStalledError(ProviderError):
    """The stream went silent for longer than the time limit."""

    code = "stream_stalled"
    retryable = True


class StreamCutError(ProviderError):
    """The stream ended before the provider said that its message was complete."""

    code = "stream_cut"
    retryable = True


class StreamMalformedError(ProviderError):
    """The stream held something that is not of its format."""

    code = "stream_malformed"
    retryable = True
