"""Providers that everybody finds at the same address."""

from urllib.parse import urlsplit

SERVICES = {
    "openai": "https://api.openai.com/v1",
    "anthropic": "https://api.anthropic.com",
    "gemini": "https://generativelanguage.googleapis.com/v1beta",
    "mistral": "https://api.mistral.ai/v1",
    "groq": "https://api.groq.com/openai/v1",
    "deepseek": "https://api.deepseek.com/v1",
    "xai": "https://api.x.ai/v1",
    "openrouter": "https://openrouter.ai/api/v1",
    "together": "https://api.together.xyz/v1",
}
"""Their base URLs."""
_KEYS = {
    "sk-ant-": "anthropic",
    "sk-or-": "openrouter",
    "sk-proj-": "openai",
    "AIza": "gemini",
    "gsk_": "groq",
    "xai-": "xai",
}
"""How the keys of some begin."""
_HOSTS = {urlsplit(url).hostname for url in SERVICES.values()}


def owner_of_key(key: str, base_url: str) -> str | None:
    """Whose key this plainly is, where the address is another's of these; None: nothing speaks against it."""
    host = urlsplit(base_url).hostname
    owner = next((name for start, name in _KEYS.items() if key.startswith(start)), None)
    return owner if owner and host in _HOSTS and host != urlsplit(SERVICES[owner]).hostname else None
