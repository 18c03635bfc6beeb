import pytest

from workbench.errors import AccessError, InvalidInputError
from workbench.widget.allowed import check_call, check_stream

HERE = "01a210da-8561-7623-862f-46c8429e2911"
ELSEWHERE = "01a210da-8561-7623-862f-46c8429e2912"
MESSAGE = "01a210da-a088-734c-b764-c44e302e68c0"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", f"experiences/{HERE}", None),
        ("PATCH", f"experiences/{HERE}", {"model": None}),
        ("GET", f"conversations?experience={HERE}&limit=50", None),
        ("GET", f"conversations?experience={HERE}&limit=50&cursor=2026-11-25T03%3A57%3A08Z_a", None),
        ("POST", "conversations", {"id": MESSAGE, "experience_id": HERE}),
        ("GET", f"conversations/{MESSAGE}", None),
        ("PATCH", f"conversations/{MESSAGE}", {"title": "Light"}),
        ("POST", f"conversations/{MESSAGE}/messages", {"id": MESSAGE, "parent_id": None, "text": "Why?"}),
        ("POST", f"conversations/{MESSAGE}/estimate", {"text": "Why?", "model": "a/b", "parent_id": None}),
        ("POST", f"experiences/{HERE}/estimate", {"text": "Why?", "model": "a/b"}),
        ("GET", f"messages/{MESSAGE}/attachments/19", None),
        ("POST", f"messages/{MESSAGE}/stop", None),
        ("POST", f"messages/{MESSAGE}/restore", None),
        ("GET", f"messages/{MESSAGE}", None),
        (
            "POST",
            f"conversations/{MESSAGE}/messages",
            {"text": "Why?", "models": ["a/b", "a/c"], "reply_ids": [MESSAGE]},
        ),
        (
            "POST",
            f"conversations/{MESSAGE}/messages",
            {"text": "Why?", "attachments": [{"name": "a.md", "text": "A."}]},
        ),
        ("POST", f"messages/{MESSAGE}/merge", {"model": "a/b", "replies": [MESSAGE, HERE]}),
        ("GET", "models/measured", None),
        ("POST", "models/suggestion", {"text": "Why?", "pictures": 0}),
        ("DELETE", f"messages/{MESSAGE}", None),
        ("GET", f"conversations/{MESSAGE}/draft", None),
        ("PUT", f"conversations/{MESSAGE}/draft", {"text": "half a thou"}),
        ("DELETE", f"conversations/{MESSAGE}/draft", None),
        ("GET", f"experiences/{HERE}/draft", None),
        ("PUT", f"experiences/{HERE}/draft", {"text": "half a thou"}),
        ("DELETE", f"experiences/{HERE}/draft", None),
        ("PUT", f"messages/{MESSAGE}/rating", {"rating": "up", "note": None}),
        ("DELETE", f"messages/{MESSAGE}/rating", None),
        ("PUT", "models/default", {"id": "a/b"}),
        ("GET", "prompts", None),
        ("GET", f"prompts/{MESSAGE}/variables", None),
        ("POST", f"prompts/{MESSAGE}/render", {"values": {"text": "b, a"}}),
    ],
)
def test_what_the_chat_asks_is_let_through(method, path, body):
    assert check_call(HERE, method, path, body) == (method, path, body)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("DELETE", f"prompts/{MESSAGE}", None),
        ("POST", "prompts", {"name": "a", "text": "b"}),
        ("GET", f"experiences/{ELSEWHERE}", None),
        ("DELETE", f"experiences/{HERE}", None),
        ("POST", f"experiences/{ELSEWHERE}/estimate", {"text": "Why?"}),
        ("GET", f"experiences/{ELSEWHERE}/draft", None),
        ("PUT", f"experiences/{ELSEWHERE}/draft", {"text": "half a thou"}),
        ("GET", "experiences", None),
        ("GET", f"messages/{MESSAGE}/attachments/1/../../stop", None),
        ("GET", "conversations", None),
        ("GET", f"conversations?experience={ELSEWHERE}", None),
        ("GET", f"conversations?experience={HERE}&experience={ELSEWHERE}", None),
        ("POST", "conversations", {"experience_id": ELSEWHERE}),
        ("POST", "conversations", None),
        ("PATCH", f"experiences/{HERE}", {"privacy": "public"}),
        ("PATCH", f"experiences/{HERE}", None),
        ("POST", "stop", {"when_idle": False}),
        ("POST", "unlock", {"passphrase": "x"}),
        ("PUT", "passphrase", {"passphrase": "x"}),
        ("POST", "models/remote", {"api_key": "x"}),
        ("POST", "models/files", {"path": "/etc/passwd"}),
        ("GET", f"experiences/{HERE}/../../status", None),
        ("GET", f"experiences/{HERE}\n", None),
        ("GET", f"experiences/{HERE} HTTP/1.1\r\nX: y", None),
        ("GET", f"conversations?experience={HERE}&cursor=" + "a" * 600, None),
        ("GET", "models/default\u0660", None),
        (["GET"], "models", None),
        ("GET", 7, None),
        ("GET", None, None),
    ],
)
def test_anything_else_is_refused(method, path, body):
    with pytest.raises(AccessError):
        check_call(HERE, method, path, body)


@pytest.mark.parametrize("body", [[], "text", 7, {"title": {"a": 1}}, {"title": ["a"] * 51}, {"title": [["a"]]}])
def test_a_body_that_no_chat_sends_is_refused(body):
    with pytest.raises(InvalidInputError):
        check_call(HERE, "PATCH", f"conversations/{MESSAGE}", body)


@pytest.mark.parametrize("title", ["a" * 8_000_001, ["a" * 8_000_001], [{"text": "a" * 8_000_001}], [{"text": ["a"]}]])
def test_a_value_that_is_too_long_or_too_deep_is_refused(title):
    with pytest.raises(InvalidInputError):
        check_call(HERE, "PATCH", f"conversations/{MESSAGE}", {"title": title})


def test_streams_are_those_of_changes_and_of_replies():
    assert check_stream("events") == "events"
    assert check_stream(f"messages/{MESSAGE}/stream") == f"messages/{MESSAGE}/stream"
    for path in ("status", "events/", "messages/../stream", None, 7):
        with pytest.raises(AccessError):
            check_stream(path)
