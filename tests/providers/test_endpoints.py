from dataclasses import replace

import pytest

from workbench.errors import InvalidInputError
from workbench.providers.catalogue import clean_key, clean_model_name, clean_provider
from workbench.providers.endpoints import Endpoint, clean_base_url, end_mark, wire_format
from workbench.providers.formats import WireFormat

GOOGLE = "generativelanguage.googleapis.com"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://api.example.com/v1", "https://api.example.com/v1"),
        (" https://API.Example.com/v1/ ", "https://api.example.com/v1"),
        ("https://api.example.com/v1/chat/completions", "https://api.example.com/v1"),
        ("https://api.example.com", "https://api.example.com"),
        ("http://localhost:11434/v1", "http://localhost:11434/v1"),
        ("http://127.0.0.1:8000/v1", "http://127.0.0.1:8000/v1"),
        ("http://[::1]:8000/v1", "http://[::1]:8000/v1"),
        ("http://192.168.1.20:8000/v1", "http://192.168.1.20:8000/v1"),
        ("http://10.0.0.4/v1", "http://10.0.0.4/v1"),
        ("https://api.anthropic.com", "https://api.anthropic.com"),
        ("https://api.anthropic.com/v1/messages", "https://api.anthropic.com"),
        ("https://api.anthropic.com/v1/", "https://api.anthropic.com"),
        (f"https://{GOOGLE}", f"https://{GOOGLE}/v1beta"),
        (f"https://{GOOGLE}/v1beta/models", f"https://{GOOGLE}/v1beta"),
        (f"https://{GOOGLE}/v1beta/openai/", f"https://{GOOGLE}/v1beta/openai"),
    ],
)
def test_a_base_url_is_kept_in_one_spelling(given, kept):
    assert clean_base_url(given) == kept


@pytest.mark.parametrize(
    "given",
    [
        "",
        "api.example.com/v1",
        "ftp://api.example.com",
        "file:///etc/passwd",
        "https://",
        "https://user:pass@api.example.com/v1",
        "https://api.example.com/v1?key=secret",
        "https://api.example.com/v1#here",
        "http://api.example.com/v1",
        "http://8.8.8.8/v1",
        "http://127.0.0.1.example.com/v1",
        "http://localhost.example.com/v1",
        "http://[::ffff:8.8.8.8]/v1",
        "http://127.0.0.1@example.com/v1",
        "https://api.example.com:99999/v1",
        "https://api.exa mple.com/v1",
        "https://api.example.com\\@evil.example/v1",
        "https://[::1/v1",
        "https://api.example.com/v1\r\nx-header: 1",
        "https://ёxample.com/v1",
    ],
)
def test_a_base_url_that_could_leak_or_mislead_is_refused_with_a_remedy(given):
    with pytest.raises(InvalidInputError) as raised:
        clean_base_url(given)
    assert raised.value.remedy
    assert "secret" not in str(raised.value)
    assert "pass@" not in str(raised.value)


def test_only_servers_known_to_send_both_end_marks_are_held_to_them():
    assert end_mark("https://api.openai.com/v1") == "both"
    assert end_mark("https://api.openai.com.example.com/v1") == "finish_reason"


def test_what_is_spoken_at_an_address_is_known_by_its_host() -> None:
    assert wire_format("https://api.anthropic.com") == "anthropic"
    assert wire_format(f"https://{GOOGLE}/v1beta") == "gemini"
    assert wire_format(f"https://{GOOGLE}/v1beta/openai") == "openai"
    assert wire_format("https://api.anthropic.com.example.com") == "openai"
    assert wire_format("http://127.0.0.1:8000/v1") == "openai"


@pytest.mark.parametrize(
    ("wire", "base_url", "url", "headers"),
    [
        ("openai", "https://h/v1", "https://h/v1/chat/completions", {"authorization": "Bearer k"}),
        (
            "anthropic",
            "https://h",
            "https://h/v1/messages",
            {"x-api-key": "k", "anthropic-version": "2023-06-01"},
        ),
        (
            "gemini",
            "https://h/v1beta",
            "https://h/v1beta/models/a%2Fb%3Fc:streamGenerateContent?alt=sse",
            {"x-goog-api-key": "k"},
        ),
    ],
)
def test_each_format_has_its_address_and_its_way_to_show_a_key(
    wire: WireFormat, base_url: str, url: str, headers: dict[str, str]
) -> None:
    endpoint = Endpoint(provider="p", base_url=base_url, wire=wire, api_key="k")
    assert (endpoint.url("a/b?c"), endpoint.key_headers) == (url, headers)
    assert "k" not in replace(endpoint, api_key=None).key_headers.values()
    assert "'k'" not in repr(endpoint)


@pytest.mark.parametrize("name", ["", "local", "LOCAL ", "a b", "a/b", "-x", "x" * 41, "ö", "a\n"])
def test_a_providers_name_that_cannot_be_part_of_an_id_is_refused(name):
    if name == "a\n":
        assert clean_provider(name) == "a"
        return
    with pytest.raises(InvalidInputError):
        clean_provider(name)


@pytest.mark.parametrize("name", ["", " ", "two words", "x" * 201, "tab\tname", "ünicode"])
def test_a_models_name_that_no_provider_has_is_refused(name):
    with pytest.raises(InvalidInputError):
        clean_model_name(name)


def test_a_key_is_freed_of_what_copying_added_and_never_repeated():
    assert clean_key("  sk-abc\n") == "sk-abc"
    assert clean_key("") is None
    assert clean_key(None) is None
    for broken in ("sk-needle two", "sk-needle\nx", "sk-needlé"):
        with pytest.raises(InvalidInputError) as raised:
            clean_key(broken)
        assert "needle" not in str(raised.value)
