"""The three wire formats: where a request goes, how its key is shown, and how the same messages are written in each."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any, Literal
from urllib.parse import quote

WireFormat = Literal["openai", "anthropic", "gemini"]
"""OpenAI's chat completions, which most servers speak; Anthropic's messages; Gemini's streamGenerateContent."""

Body = dict[str, Any]  # JSON
Message = Body
"""A message as OpenAI's format has it: `role`, and `content` as text or as parts: text, pictures, PDFs."""

_ENDS: dict[WireFormat, tuple[str, ...]] = {
    "openai": ("/chat/completions",),
    "anthropic": ("/v1/messages", "/v1"),
    "gemini": ("/models",),
}
"""What people paste along with a base URL, and is not part of it."""
_ANTHROPIC_VERSION = "2023-06-01"
_GEMINI_ROLES = {"user": "user", "assistant": "model"}


def base_path(wire: WireFormat, path: str) -> str:
    """The path of a base URL, of what was given for one."""
    path = path.rstrip("/")
    for end in _ENDS[wire]:
        path = path.removesuffix(end).rstrip("/")
    return path or ("/v1beta" if wire == "gemini" else "")


def url(wire: WireFormat, base_url: str, model_name: str) -> str:
    """Where a chat request goes."""
    match wire:
        case "openai":
            return f"{base_url}/chat/completions"
        case "anthropic":
            return f"{base_url}/v1/messages"
        case "gemini":
            return f"{base_url}/models/{quote(model_name, safe='')}:streamGenerateContent?alt=sse"


def models_url(wire: WireFormat, base_url: str) -> str:
    """Where the list of its models is, as long as a server gives it at once."""
    match wire:
        case "openai":
            return f"{base_url}/models"
        case "anthropic":
            return f"{base_url}/v1/models?limit=1000"
        case "gemini":
            return f"{base_url}/models?pageSize=1000"


def key_headers(wire: WireFormat, api_key: str | None) -> dict[str, str]:
    """What a request is let in by."""
    match wire:
        case "openai":
            return {"authorization": f"Bearer {api_key}"} if api_key else {}
        case "anthropic":
            return {"anthropic-version": _ANTHROPIC_VERSION} | ({"x-api-key": api_key} if api_key else {})
        case "gemini":
            return {"x-goog-api-key": api_key} if api_key else {}


def place(wire: WireFormat, body: Body, messages: Sequence[Message]) -> Body:
    """`body` with these messages in it instead of its own."""
    match wire:
        case "openai":
            return {**body, "messages": list(messages)}
        case "anthropic":
            system = [_anthropic_part(part) for message in _system(messages) for part in _parts(message)]
            said = [
                {"role": role, "content": [_anthropic_part(part) for part in parts]}
                for role, parts in _in_turns(messages)
            ]
            return _without(body, "system") | {"messages": said} | ({"system": system} if system else {})
        case "gemini":
            system = [_gemini_part(part) for message in _system(messages) for part in _parts(message)]
            said = [
                {"role": _GEMINI_ROLES[role], "parts": [_gemini_part(part) for part in parts]}
                for role, parts in _in_turns(messages)
            ]
            told = {"system_instruction": {"parts": system}} if system else {}
            return _without(body, "system_instruction") | {"contents": said} | told


def with_temperature(wire: WireFormat, body: Body, temperature: float | None) -> Body:
    """`body` with this temperature instead of its own; None: with none, so that the provider takes its own."""
    if wire != "gemini":
        return _without(body, "temperature") | ({} if temperature is None else {"temperature": temperature})
    config = with_temperature("openai", body.get("generationConfig", {}), temperature)
    return _without(body, "generationConfig") | ({"generationConfig": config} if config else {})


def _system(messages: Iterable[Message]) -> list[Message]:
    return [message for message in messages if message["role"] == "system"]


def _in_turns(messages: Iterable[Message]) -> list[tuple[str, list[Body]]]:
    """Who says what; these two formats want both sides to take turns, so neighbours of one side are put together."""
    said = (message for message in messages if message["role"] != "system")
    return [
        (role, [part for message in together for part in _parts(message)])
        for role, together in groupby(said, key=lambda message: str(message["role"]))
    ]


def _parts(message: Message) -> list[Body]:
    content = message["content"]
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def _anthropic_part(part: Body) -> Body:
    if part["type"] == "text":
        return {"type": "text", "text": part["text"]}
    media_type, data = _data(part)
    kind = "document" if part["type"] == "file" else "image"
    return {"type": kind, "source": {"type": "base64", "media_type": media_type, "data": data}}


def _gemini_part(part: Body) -> Body:
    if part["type"] == "text":
        return {"text": part["text"]}
    media_type, data = _data(part)
    return {"inline_data": {"mime_type": media_type, "data": data}}


def _data(part: Body) -> tuple[str, str]:
    """Media type and base64 of a picture's or a PDF's data URL."""
    url = part["file"]["file_data"] if part["type"] == "file" else part["image_url"]["url"]
    head, _, data = str(url).partition(",")
    return head.removeprefix("data:").removesuffix(";base64"), data


def _without(body: Body, name: str) -> Body:
    return {key: value for key, value in body.items() if key != name}
