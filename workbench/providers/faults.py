"""What a provider's error means: from a status, a body or a broken connection to the tree in `workbench.errors`.

Providers repeat the question and parts of the key in their error texts. So no text of theirs is ever passed on: it is
searched for what is known, and the sentence is ours.
"""

import errno
import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import msgspec

from workbench.clock import utc_now
from workbench.errors import (
    AddressWrongError,
    AttachmentTooLargeError,
    ContextTooLongError,
    KeyMissingError,
    KeyRejectedError,
    ModelForbiddenError,
    ModelUnknownError,
    NetworkMissingError,
    ProviderError,
    ProviderUnavailableError,
    QuotaExceededError,
    RateLimitedError,
    RequestRefusedError,
)
from workbench.shown import size

_CONTEXT = re.compile(
    r"context[_ ](length|window|size)|maximum context|exceed_context|string_above_max_length"
    r"|prompt is too long|too many (input )?tokens|input is too long|input token count",
    re.IGNORECASE,
)
_QUOTA = re.compile(
    r"insufficient[_ ](quota|credit|balance|funds)|exceeded your current quota|billing|credit balance|out of credits",
    re.IGNORECASE,
)
_REFUSED = re.compile(
    r"content[_ ](filter|policy|management)|moderation|responsible_?ai|safety (system|policy)", re.IGNORECASE
)
_KEY = re.compile(
    r"invalid[_ ]api[_ ]key|incorrect api key|api[_ ]key[_ ](not[_ ]valid|invalid)"
    r"|authentication[_ ]error|invalid_token|key was reported as leaked",
    re.IGNORECASE,
)
_MODEL = re.compile(r"model", re.IGNORECASE)
_WITHDRAWN = re.compile(r"model_(not_found|not_exist|decommissioned|deprecated|retired)", re.IGNORECASE)
"""Codes of a model that is not there, which some send with a status that says nothing of it."""
_FORBIDDEN = re.compile(r"missing scopes|insufficient permissions|permission[_ ]denied", re.IGNORECASE)
"""What a key that is accepted is told where it may not do this, also under 401."""
_TOO_LARGE = re.compile(
    r"request[_ ]too[_ ]large|payload size exceeds|(image|pdf|document|file)[^.\n]{0,60}"
    r"(exceeds|too large|larger than)|maximum of \d+ PDF pages",
    re.IGNORECASE,
)
_RATE = re.compile(r"rate[_ -]?limit|too many requests|resource[_ ]exhausted", re.IGNORECASE)
_WAIT = re.compile(r'"retryDelay"\s*:\s*"(\d+(?:\.\d+)?)s"')
"""How Gemini says how long to wait, and that it is not the account's credit that has run out."""
_BY_THE_DAY = re.compile(r"PerDay")
"""In the name of a quota of Gemini's: waiting for as long as it says is of no use."""
_NO_WAY = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN)
_MOST_NAMED = 3
"""Of what was attached, the largest first."""
_PLAIN_CODE = re.compile(r"[a-z][a-z_]{2,39}")


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a sentence about an error may name."""

    provider: str
    model: str
    has_key: bool = True
    has_proxy: bool = False
    """One that is set for this provider."""
    attached: tuple[tuple[str, int], ...] = ()
    """The pictures and PDFs that are sent along: names, and sizes in bytes."""


def from_answer(
    asked: Asked, status: int, headers: Mapping[str, str], body: bytes, *, now: datetime | None = None
) -> ProviderError:
    """The error that an HTTP answer other than 200 stands for."""
    if is_html(headers, body) and status < 500 and status != 429:
        return wrong_address(asked, f"leads to a web page (HTTP {status}), not to a chat API")
    text = body[:20_000].decode("utf-8", "replace")
    wait_s = retry_after_s(headers, now=now or utc_now())
    wait_s = _said_wait_s(text) if wait_s is None else wait_s
    known = _known(asked, text, retry_after_s=wait_s, status=status)
    return known or _by_status(asked, status, text, retry_after_s=wait_s)


def from_stream(asked: Asked, error: bytes) -> ProviderError:
    """The error that an error object inside a stream stands for; `error` is its JSON."""
    text = error[:20_000].decode("utf-8", "replace")
    return _known(asked, text, retry_after_s=_said_wait_s(text), status=None) or ProviderUnavailableError(
        f"The provider {asked.provider!r} failed in the middle of the reply{_code(text)}.",
        remedy="Continue the reply, or try again.",
    )


def from_connection(asked: Asked, error: Exception) -> ProviderUnavailableError:
    """The error that a connection which brought no answer stands for."""
    name = asked.provider
    behind = tuple(causes(error))
    if any(isinstance(cause, ssl.SSLError) for cause in behind):
        return ProviderUnavailableError(
            f"The connection to {name!r} is not secure: its certificate was not accepted.",
            remedy="Check the address; behind a proxy, set SSL_CERT_FILE to your organisation's certificates.",
            retryable=False,
        )
    if asked.has_proxy and any(isinstance(cause, (socket.gaierror, ConnectionRefusedError)) for cause in behind):
        return ProviderUnavailableError(
            f"The proxy on the way to {name!r} cannot be reached.",
            remedy=f"Check its address: `workbench providers set {name} --proxy URL`, or --no-proxy.",
        )
    if any(isinstance(cause, socket.gaierror) for cause in behind):
        return NetworkMissingError(
            f"The address of {name!r} cannot be found: there is no network, or no server of that name.",
            remedy="Check the network connection, then the address.",
        )
    if any(isinstance(cause, OSError) and cause.errno in _NO_WAY for cause in behind):
        return NetworkMissingError(
            f"No way leads to the address of {name!r}: there is no network, or the address is in another one.",
            remedy="Check the network connection, then the address.",
        )
    if any(isinstance(cause, ConnectionRefusedError) for cause in behind):
        return AddressWrongError(
            f"Nothing answers at the address of {name!r}: the connection was refused.",
            remedy="Start the server there, or correct its address and port.",
        )
    if "Timeout" in type(error).__name__:
        return ProviderUnavailableError(
            f"The provider {name!r} did not answer in time.",
            remedy="Check the network connection, then try again.",
        )
    if "Proxy" in type(error).__name__:
        return ProviderUnavailableError(
            f"The proxy on the way to {name!r} refused the connection.",
            remedy=f"Check its address: `workbench providers set {name} --proxy URL`."
            if asked.has_proxy
            else "Check HTTPS_PROXY and NO_PROXY.",
            retryable=False,
        )
    return ProviderUnavailableError(
        f"The connection to {name!r} broke before an answer came.", remedy="Try again in a moment."
    )


def wrong_address(asked: Asked, found: str) -> AddressWrongError:
    """The base URL leads to something that is not the API; `found` says what."""
    return AddressWrongError(
        f"The address of {asked.provider!r} {found}.",
        remedy=f"Correct its base URL: `workbench providers set {asked.provider} --base-url URL`; most end in `/v1`.",
        retryable=False,
    )


def is_html(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether the answer is a web page."""
    if "html" in headers.get("content-type", "").lower():
        return True
    return body[:200].lstrip().lower().startswith((b"<!doctype", b"<html"))


def retry_after_s(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """How long the provider asks to wait: seconds, milliseconds or a date (RFC 9110, section 10.2.3)."""
    milliseconds = _number(headers.get("retry-after-ms", ""))
    if milliseconds is not None:
        return milliseconds / 1000
    given = headers.get("retry-after", "").strip()
    seconds = _number(given)
    if seconds is not None:
        return seconds
    try:
        date = parsedate_to_datetime(given)
    except ValueError:
        return None
    return max(0.0, ((date if date.tzinfo else date.replace(tzinfo=UTC)) - now).total_seconds())


def _known(asked: Asked, text: str, *, retry_after_s: float | None, status: int | None) -> ProviderError | None:
    """The error that the body names, whatever its status."""
    if status is not None and status >= 500:
        return None
    if status == 402 or (_QUOTA.search(text) and (not _WAIT.search(text) or _BY_THE_DAY.search(text))):
        return QuotaExceededError(
            f"The account at {asked.provider!r} has no credit or quota left.",
            remedy="Add credit or raise its limits there, or choose another model.",
        )
    if status == 429 or (status is None and _RATE.search(text)):
        wait = f" for {retry_after_s:.0f} s" if retry_after_s else ""
        return RateLimitedError(
            f"The provider {asked.provider!r} asks to wait{wait}: too many requests.",
            remedy="Try again then." if wait else "Try again in a minute.",
            retry_after_s=retry_after_s,
        )
    if asked.attached and (status == 413 or _TOO_LARGE.search(text)) and not _CONTEXT.search(text):
        return _too_large(asked)
    if status == 413 or _CONTEXT.search(text):
        return ContextTooLongError(
            f"The conversation is too long for {asked.model!r}.",
            remedy="Start a new conversation, or choose a model with a larger context window.",
        )
    if status in (401, 403) and not _REFUSED.search(text):
        return _key_error(asked, status, text)
    if _KEY.search(text):
        return _key_error(asked, 401, text)
    if status == 451 or _REFUSED.search(text):
        return RequestRefusedError(
            f"The provider {asked.provider!r} declined this request because of its content.",
            remedy="Word the question differently, or choose another model.",
        )
    return None


def _by_status(asked: Asked, status: int, text: str, *, retry_after_s: float | None) -> ProviderError:
    if (status == 404 and _MODEL.search(text)) or (status < 500 and _WITHDRAWN.search(text)):
        return ModelUnknownError(
            f"The provider {asked.provider!r} does not know the model {asked.model!r}, or no longer has it.",
            remedy="Check its name, or choose another model: "
            f"`workbench providers models {asked.provider}` lists those it has.",
        )
    if 300 <= status < 400:
        return wrong_address(asked, "has moved: it answers with a redirection, which is not followed")
    if status in (404, 405, 410):
        return wrong_address(asked, f"answers, but not as a chat API (HTTP {status})")
    if status >= 500 or status == 408:
        wait = f" and asks to wait for {retry_after_s:.0f} s" if retry_after_s else ""
        return ProviderUnavailableError(
            f"The provider {asked.provider!r} has a fault of its own (HTTP {status}){wait}.",
            remedy=f"Try again {'then' if wait else 'in a moment'}, or choose another model.",
            retry_after_s=retry_after_s,
        )
    return RequestRefusedError(
        f"The provider {asked.provider!r} declined the request (HTTP {status}{_code(text)}).",
        remedy="Choose another model, or check what this one accepts.",
    )


def _too_large(asked: Asked) -> AttachmentTooLargeError:
    largest = sorted(asked.attached, key=lambda each: -each[1])
    named = ", ".join(f"{name!r} ({size(size_bytes)})" for name, size_bytes in largest[:_MOST_NAMED])
    more = f" and {len(largest) - _MOST_NAMED} more" if len(largest) > _MOST_NAMED else ""
    return AttachmentTooLargeError(
        f"What is attached is too large for {asked.provider!r}: {named}{more}.",
        remedy="Attach a smaller picture or fewer pages, or choose a model of another provider.",
    )


def _key_error(asked: Asked, status: int, text: str) -> ProviderError:
    if not asked.has_key:
        return KeyMissingError(
            f"The provider {asked.provider!r} needs a key and none is stored.",
            remedy=f"Give it one: `workbench keys set {asked.provider}`, or under Models in JupyterLab.",
        )
    if not _KEY.search(text) and (status == 403 or _FORBIDDEN.search(text)):
        return ModelForbiddenError(
            f"The key for {asked.provider!r} has no right to use {asked.model!r}.",
            remedy="Allow it in your account there, or choose another model.",
        )
    return KeyRejectedError(
        f"The provider {asked.provider!r} does not accept the key.",
        remedy=f"Give it a valid one: `workbench keys set {asked.provider}`, or under Models in JupyterLab.",
    )


def _code(text: str) -> str:
    """The error's code as `, code`, if it is plain words; anything else might repeat what was sent."""
    try:
        found = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, ValueError):
        return ""
    inner = found.get("error", found) if isinstance(found, dict) else None
    if not isinstance(inner, dict):
        return ""
    codes = (inner.get(key) for key in ("code", "type"))
    return next((f", {code}" for code in codes if isinstance(code, str) and _PLAIN_CODE.fullmatch(code)), "")


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 <= number < float("inf") else None


def _said_wait_s(text: str) -> float | None:
    """How long the body asks to wait, in seconds; None: it does not say."""
    found = _WAIT.search(text)
    return float(found[1]) if found else None


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error, and what led to it."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
