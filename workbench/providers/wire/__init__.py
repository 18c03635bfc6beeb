"""Reads what providers stream, one reader per wire format. Pure: bytes in, records out, no network.

A reader gives the same records wherever the bytes were split, and knows whether the provider said that its message is
complete. Each format is a `Reader`; what they share, the framing of server-sent events, is `Events`.
"""

from workbench.providers.wire.anthropic import AnthropicReader
from workbench.providers.wire.events import LINE_LIMIT_BYTES, Events
from workbench.providers.wire.faults import cut, malformed
from workbench.providers.wire.gemini import GeminiReader
from workbench.providers.wire.openai import EndMark, OpenAIReader
from workbench.providers.wire.reader import Reader

__all__ = [
    "LINE_LIMIT_BYTES",
    "AnthropicReader",
    "EndMark",
    "Events",
    "GeminiReader",
    "OpenAIReader",
    "Reader",
    "cut",
    "malformed",
]
