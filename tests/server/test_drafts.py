"""What is written and not sent: kept for each conversation, and for a new one of each Experience."""

import pytest

from workbench.clock import new_id
from workbench.conversations.records import SavedDraft
from workbench.conversations.service import LONGEST_TEXT
from workbench.errors import InvalidInputError, NotFoundError


@pytest.fixture
def draft(bench):
    """How a draft is read, saved and removed over HTTP."""

    def call(method, place, text=None):
        body = None if text is None else {"text": text}
        kind = object if method == "DELETE" else SavedDraft
        return bench._transport.call(method, f"/{place}/draft", kind, body=body)

    return call


@pytest.fixture
def experience(bench):
    return bench.experiences.create(new_id())


@pytest.fixture
def conversation(bench, experience):
    return bench.conversations.create(experience.id)


@pytest.fixture(params=["conversations", "experiences"])
def place(request, conversation, experience):
    """Where something may be written: in a conversation, or for a new one."""
    return f"{request.param}/{conversation.id if request.param == 'conversations' else experience.id}"


def test_nothing_is_written_at_first(draft, place):
    assert draft("GET", place) == SavedDraft(text="", updated_at=None)


def test_what_was_saved_last_is_there_until_it_is_removed(draft, place):
    first = draft("PUT", place, "Why is")
    second = draft("PUT", place, "  Why is the sky\nblüe 🌌 ")
    assert second.text == "  Why is the sky\nblüe 🌌 "
    assert second.updated_at > first.updated_at
    assert draft("GET", place) == second
    draft("DELETE", place)
    assert draft("GET", place) == SavedDraft()
    draft("DELETE", place)
    assert draft("PUT", place, "And why").text == "And why"


def test_an_empty_draft_is_none(draft, place):
    draft("PUT", place, "Why is")
    assert draft("PUT", place, "") == SavedDraft()
    assert draft("GET", place) == SavedDraft()


def test_each_place_has_its_own(bench, draft, conversation, experience):
    other = bench.conversations.create(experience.id)
    draft("PUT", f"conversations/{conversation.id}", "Here")
    draft("PUT", f"experiences/{experience.id}", "New")
    assert draft("GET", f"conversations/{other.id}").text == ""
    draft("DELETE", f"experiences/{experience.id}")
    assert draft("GET", f"conversations/{conversation.id}").text == "Here"


def test_one_longer_than_a_question_may_be_is_refused_and_the_one_before_stays(draft, place):
    longest = "ä" * LONGEST_TEXT
    assert draft("PUT", place, longest).text == longest
    with pytest.raises(InvalidInputError, match=r"1,000,001 characters"):
        draft("PUT", place, longest + "ä")
    assert draft("GET", place).text == longest


@pytest.mark.parametrize("noun", ["conversations", "experiences"])
@pytest.mark.parametrize("id", ["01a210da-a088-734c-b764-c44e302e68c0", "no-id"])
def test_there_is_no_draft_where_there_is_no_place(draft, noun, id):
    for method, text in (("GET", None), ("PUT", "Why"), ("DELETE", None)):
        with pytest.raises(NotFoundError):
            draft(method, f"{noun}/{id}", text)


def test_a_draft_goes_to_the_trash_with_its_experience_and_comes_back_with_it(bench, draft, place, experience):
    draft("PUT", place, "Half a thought")
    bench.experiences.delete(experience.id)
    bench.experiences.restore(experience.id)
    assert draft("GET", place).text == "Half a thought"


def test_a_draft_changes_neither_its_conversation_nor_the_audit_log_nor_is_it_kept_elsewhere(
    bench, draft, conversation
):
    before, rows = bench.conversations.get(conversation.id), bench.status().rows
    draft("PUT", f"conversations/{conversation.id}", "Half a thought")
    assert bench.conversations.get(conversation.id) == before
    assert bench.status().rows == {**rows, "drafts": rows["drafts"] + 1}
