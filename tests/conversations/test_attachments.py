"""What may be given with a question, how it is kept, and what becomes of it."""

import base64
import re
from dataclasses import replace

import pytest

from tests.conftest import add_model
from tests.conversations.test_conversations import pending, question
from workbench.clock import new_id
from workbench.conversations import attachments
from workbench.conversations.records import Attachment, Given, Message
from workbench.conversations.service import Conversations
from workbench.errors import InvalidInputError, NotFoundError
from workbench.events import Changes
from workbench.storage.caller import Caller, caller

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
TABLE = Given(kind="table", name="df", text="| a |\n|---|\n| 1 |")
PDF = Given(kind="pdf", name="paper.pdf", media_type="application/pdf", data=b"%PDF-1.7\n\xff\n%%EOF\n")
PICTURE = Given(kind="picture", name="fig", text="A rising line.", media_type="image/png", data=PNG)


def send(bench, conversation, model, **given):
    return bench.conversations.send(conversation.id, "What is odd here?", model=model.id, **given)


@pytest.fixture
def conversation(bench):
    return bench.conversations.create(bench.experiences.create("Physics").id)


def inside(database) -> tuple[Conversations, tuple[Message, Message]]:
    """Conversations without an owner, and a question that can be asked there, with its reply."""
    conversations = Conversations(database, Changes())
    asked = question(conversations.create(new_id()))
    return conversations, (asked, pending(asked))


def ended(bench, turn):
    list(bench.conversations.stream(turn.reply.id))
    return turn


def test_what_was_given_comes_back_with_the_question_without_a_pictures_data(bench, conversation, model):
    turn = ended(bench, send(bench, conversation, model, attachments=[TABLE, PICTURE]))
    shown = (
        Attachment(kind="table", name="df", text=TABLE.text),
        Attachment(kind="picture", name="fig", text="A rising line.", media_type="image/png", size_bytes=len(PNG)),
    )
    assert turn.message.attachments == shown
    asked, reply = bench.conversations.get(conversation.id).messages
    assert (asked.text, asked.attachments) == ("What is odd here?", shown)
    assert reply.attachments == ()
    assert bench.conversations.message(asked.id).attachments == shown


def test_each_is_read_by_its_number_with_its_data(bench, conversation, model):
    turn = ended(bench, send(bench, conversation, model, attachments=[TABLE, PICTURE]))
    assert bench.conversations.attachment(turn.message.id, 0) == TABLE
    assert bench.conversations.attachment(turn.message.id, 1) == PICTURE
    for message, number in ((turn.message.id, 2), (turn.message.id, -1), (turn.reply.id, 0), (new_id(), 0)):
        with pytest.raises(NotFoundError):
            bench.conversations.attachment(message, number)


def test_an_edited_question_keeps_what_was_given_with_it(bench, conversation, model):
    first = ended(bench, send(bench, conversation, model, attachments=[TABLE, PICTURE]))
    notes = Given(kind="text", name="notes.md", text="More.")
    edited = send(bench, conversation, model, parent_id=None, given_of=first.message.id, attachments=[notes])
    assert [each.name for each in edited.message.attachments] == ["df", "fig", "notes.md"]
    assert bench.conversations.attachment(edited.message.id, 1) == PICTURE


def test_what_was_given_in_another_conversation_is_not_given_again(bench, conversation, model):
    first = ended(bench, send(bench, conversation, model, attachments=[TABLE]))
    other = bench.conversations.create(conversation.experience_id)
    with pytest.raises(NotFoundError):
        send(bench, other, model, given_of=first.message.id)


def test_a_send_that_is_refused_saves_nothing(bench, conversation, model):
    with pytest.raises(InvalidInputError, match="empty"):
        send(bench, conversation, model, attachments=[TABLE, replace(TABLE, name="notes.md", text="  ")])
    assert bench.conversations.get(conversation.id).messages == ()
    assert bench.status().rows["message_attachments"] == 0


def test_a_send_that_is_repeated_is_given_the_first_answer_and_keeps_no_copy_of_a_picture(database):
    conversations, (asked, reply) = inside(database)
    before = caller.set(Caller(actor="python", request_key=new_id()))
    first = conversations.ask(asked, reply, [PICTURE])
    assert conversations.ask(asked, reply, [PICTURE]) == first
    caller.reset(before)
    assert conversations.ask(asked, reply, [PICTURE]) == first
    assert database.tables()["message_attachments"] == 1
    (answer,) = database.read("SELECT answer FROM requests")[0]
    assert PNG not in answer
    assert len(answer) < 2_000


def test_a_conversation_without_attachments_is_read_without_looking_for_them(database, monkeypatch):
    conversations, turn = inside(database)
    conversations.ask(*turn)
    asked: list[str] = []
    read = database.read
    monkeypatch.setattr(database, "read", lambda query, *given: asked.append(query) or read(query, *given))
    conversations.messages(turn[0].conversation_id)
    assert not [query for query in asked if "message_attachments" in query]


def test_the_largest_that_is_allowed_goes_all_the_way(bench, conversation, model):
    large = [replace(PICTURE, name=f"fig{n}", text="", data=PNG + bytes(5 * 1024**2 - len(PNG))) for n in range(2)]
    long = [replace(TABLE, name=f"t{n}", text="é" * 50_000) for n in range(4)]
    turn = ended(bench, send(bench, conversation, model, attachments=[*large, *long]))
    assert bench.conversations.attachment(turn.message.id, 1) == large[1]
    assert bench.conversations.attachment(turn.message.id, 5) == long[3]


# What a model is sent


@pytest.fixture
def echo(bench, provider):
    """Makes a model that answers with what it was sent, the kind and length of pictures among it."""

    def add(*, sees):
        return bench.models.add_remote(provider="standin", base_url=provider.base_url, name="echo", sees=sees)

    return add


def echoed(bench, reply):
    list(bench.conversations.stream(reply.id))
    return bench.conversations.message(reply.id).text


LENGTH = len(base64.b64encode(PNG))


def test_a_model_that_sees_is_sent_the_picture_and_everything_given_before(bench, conversation, echo):
    model = echo(sees=True)
    turn = send(bench, conversation, model, attachments=[TABLE, PICTURE])
    sent = "What is odd here? df (table): ``` | a | |---| | 1 | ``` fig: picture 1 of this message."
    said = " ".join(echoed(bench, turn.reply).split())
    assert said == f"{sent} [data:image/png {LENGTH}]"
    assert " ".join(echoed(bench, bench.conversations.retry(turn.reply.id)).split()) == said


def test_a_model_that_does_not_see_is_sent_the_description(bench, conversation, echo):
    turn = send(bench, conversation, echo(sees=None), attachments=[PICTURE])
    said = echoed(bench, turn.reply)
    assert "fig: a picture, which you are not shown. Its description:\n\n```\nA rising line.\n```" in said
    assert "data:" not in said
    again = bench.conversations.retry(turn.reply.id, model=echo(sees=True).id)
    assert f"[data:image/png {LENGTH}]" in echoed(bench, again)


def test_an_edited_question_is_sent_with_what_was_given(bench, conversation, echo):
    first = send(bench, conversation, echo(sees=True), attachments=[PICTURE])
    echoed(bench, first.reply)
    edited = bench.conversations.send(conversation.id, "And now?", parent_id=None, given_of=first.message.id)
    assert f"And now? fig: picture 1 of this message. [data:image/png {LENGTH}]" in " ".join(
        echoed(bench, edited.reply).split()
    )


def test_a_model_that_takes_pdfs_is_sent_the_very_bytes(bench, conversation, echo):
    model = bench.models.correct(echo(sees=False).id, pdf=True)
    turn = send(bench, conversation, model, attachments=[PDF, PICTURE])
    said = " ".join(echoed(bench, turn.reply).split())
    data = base64.b64encode(PDF.data).decode()
    assert "paper.pdf: PDF 1 of this message. fig: a picture, which you are not shown." in said
    assert said.endswith(f"[paper.pdf data:application/pdf {data}]")
    assert bench.conversations.attachment(turn.message.id, 0) == PDF
    assert turn.message.attachments[0] == Attachment(
        kind="pdf", name="paper.pdf", media_type="application/pdf", size_bytes=len(PDF.data)
    )
    assert f"data:application/pdf {data}" in echoed(bench, bench.conversations.retry(turn.reply.id))


@pytest.mark.parametrize("takes", [False, None])
def test_a_model_that_is_not_known_to_take_pdfs_is_told_of_it(bench, conversation, echo, takes):
    model = bench.models.correct(echo(sees=True).id, pdf=takes)
    described = replace(PDF, name="described.pdf", text="A paper on bees.")
    said = echoed(bench, send(bench, conversation, model, attachments=[PDF, described]).reply)
    assert "paper.pdf: a PDF, which you are not shown.\n\n" in said
    told = "described.pdf: a PDF, which you are not shown. Its description:\n\n```\nA paper on bees.\n```"
    assert told in said
    assert "data:" not in said


def test_a_fallback_that_takes_no_pdfs_is_told_of_it(bench, conversation, echo, provider):
    limited = bench.models.correct(add_model(bench, provider, "limited").id, pdf=True)
    bench.experiences.update(conversation.experience_id, fallbacks=[echo(sees=False).id])
    turn = send(bench, conversation, limited, attachments=[PDF])
    assert "paper.pdf: a PDF, which you are not shown." in echoed(bench, turn.reply)


# What may be given


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ([TABLE] * 21, "At most 20 things"),
        ([replace(TABLE, text="x" * 60_001)], "'df' has 60,001 characters"),
        ([replace(TABLE, text="x" * 50_001)] * 4, "has 200,004 characters"),
        ([replace(TABLE, text=" \n")], "'df' is empty"),
        ([replace(TABLE, name=" \n\x1b")], "needs a name"),
        ([replace(TABLE, name="n" * 201)], "has 201 characters"),
        ([replace(TABLE, data=b"x")], "sent as text"),
        ([replace(TABLE, media_type="image/png")], "sent as text"),
        ([replace(PICTURE, data=b"")], "no picture"),
        ([replace(PICTURE, media_type="image/svg+xml", data=b"<svg/>")], "no picture"),
        ([replace(PICTURE, media_type="image/jpeg")], "no picture"),
        ([replace(PICTURE, data=b"<script>alert(1)</script>")], "no picture"),
        ([replace(PICTURE, data=PNG + bytes(5 * 1024**2))], "'fig' has 5.0 MB"),
        ([replace(PICTURE, data=PNG + bytes(4 * 1024**2))] * 3, "have 12.0 MB"),
        ([replace(PDF, data=b"")], "'paper.pdf' is no PDF"),
        ([replace(PDF, media_type="text/plain")], "'paper.pdf' is no PDF"),
        ([replace(PDF, data=b"<html>" + PDF.data)], "'paper.pdf' is no PDF"),
        (
            [replace(PDF, data=PDF.data + bytes(10 * 1024**2))],
            "'paper.pdf' has 10.0 MB; the largest allowed has 10.0 MB",
        ),
        ([replace(PDF, data=PDF.data + bytes(6 * 1024**2))] * 2, "pictures and PDFs have 12.0 MB"),
        ([replace(PDF, data=PDF.data[:-6])], "'paper.pdf' is cut off"),
        ([replace(PDF, data=b"%PDF-1.7\ntrailer <</Encrypt 5 0 R>>\n%%EOF")], "'paper.pdf' is encrypted"),
        ([replace(PDF, data=b"%PDF-1.7\ntrailer <</Encrypt<</V 4>>>>\n%%EOF")], "'paper.pdf' is encrypted"),
    ],
)
def test_what_cannot_be_given_is_refused_with_a_sentence_and_a_remedy(given, says):
    with pytest.raises(InvalidInputError, match=re.escape(says)) as refused:
        attachments.clean(given)
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("media_type", "data"),
    [
        ("image/png", PNG),
        ("image/jpeg", b"\xff\xd8\xff\xe0"),
        ("image/gif", b"GIF89a"),
        ("image/webp", b"RIFF\x0a\x00\x00\x00WEBPVP8 "),
    ],
)
def test_the_four_kinds_of_pictures_are_taken(media_type, data):
    given = replace(PICTURE, media_type=media_type, data=data)
    assert attachments.clean([given]) == (given,)


def test_a_name_is_made_one_line_of_what_can_be_printed():
    (cleaned,) = attachments.clean([replace(TABLE, name=" a\u202eb\n\tc\x1b[31m\x00 ")])
    assert cleaned.name == "ab c[31m�"
