from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from workbench.chat import context
from workbench.clock import new_id, utc_now
from workbench.conversations.records import Attachment, Message
from workbench.providers.records import Pdf, Picture, Turn

NOW = utc_now()
QUESTION = Message(
    id=new_id(),
    conversation_id=new_id(),
    experience_id=new_id(),
    author="user",
    text="Why?",
    created_at=NOW,
    updated_at=NOW,
)


def conversation(count: int, length: int = 100) -> tuple[Turn, ...]:
    return tuple(Turn(role="assistant" if n % 2 else "user", text=f"{n} " + "x" * length) for n in range(count))


def test_what_fits_is_sent_whole():
    turns = conversation(5)
    assert context.fit(turns, 4096) == turns


def test_the_latest_turns_are_kept_beginning_with_a_question():
    turns = conversation(41)
    kept = context.fit(turns, 512)
    assert kept == turns[-len(kept) :]
    assert kept[0].role == "user"
    assert len(kept) < len(turns)


def test_a_question_larger_than_the_window_is_still_sent():
    turns = conversation(3, length=100_000)
    assert context.fit(turns, 512) == turns[-1:]


def test_a_reply_that_goes_on_is_sent_with_its_question():
    turns = conversation(2, length=100_000)
    assert context.fit(turns, 512) == turns


def test_empty_replies_are_left_out():
    empty = replace(QUESTION, author="assistant", text="", status="failed")
    assert context.turns([QUESTION, empty, QUESTION]) == (Turn(role="user", text="Why?"),) * 2


# What was given with a question

PLOT = Attachment(kind="picture", name="fig", text="A rising line.", media_type="image/png", size_bytes=5_000)


PAPER = Attachment(kind="pdf", name="paper.pdf", media_type="application/pdf", size_bytes=5_000)


def with_attachments(*attachments: Attachment) -> Message:
    return replace(QUESTION, id=new_id(), attachments=attachments)


def test_what_was_given_stands_behind_the_questions_words_each_under_its_name():
    table = Attachment(kind="table", name="df", text="| a |\n")
    notes = Attachment(kind="text", name="notes.md", text="Less.")
    (turn,) = context.turns([with_attachments(table, notes)], shows={"picture"})
    assert turn.text == "Why?\n\ndf (table):\n\n```\n| a |\n```\n\nnotes.md (text):\n\n```\nLess.\n```"
    assert turn.pictures == ()


@given(st.text("`~ab \n", max_size=60))
def test_nothing_that_is_given_closes_its_fence(text):
    (turn,) = context.turns([with_attachments(Attachment(kind="text", name="t", text=text))])
    opening, *inside, closing = turn.text.partition("t (text):\n\n")[2].split("\n")
    assert opening == closing == "`" * len(opening)
    assert "\n".join(inside) == text.rstrip()
    assert opening not in "\n".join(inside)


def test_a_model_that_sees_has_the_picture_and_another_its_description():
    asked = with_attachments(PLOT)
    (seen,) = context.turns([asked], shows={"picture"})
    assert seen.pictures == (Picture(message_id=asked.id, number=0, media_type="image/png", name="fig"),)
    assert seen.text == "Why?\n\nfig: picture 1 of this message."
    (told,) = context.turns([asked])
    assert told.pictures == ()
    assert told.text == "Why?\n\nfig: a picture, which you are not shown. Its description:\n\n```\nA rising line.\n```"


def test_a_model_that_takes_pdfs_has_the_file_and_another_its_name():
    asked = with_attachments(PAPER, PLOT)
    (sent,) = context.turns([asked], shows={"pdf"})
    assert sent.shown == (Pdf(message_id=asked.id, number=0, name="paper.pdf"),)
    assert sent.text.startswith("Why?\n\npaper.pdf: PDF 1 of this message.\n\nfig: a picture, which you are not shown.")
    assert context.tokens(sent) > context.TOKENS_PER_PDF
    (told,) = context.turns([asked], shows={"picture"})
    assert told.text == "Why?\n\npaper.pdf: a PDF, which you are not shown.\n\nfig: picture 1 of this message."


def test_pictures_and_pdfs_share_the_room_of_a_request():
    large = [replace(each, size_bytes=context.MOST_SHOWN_BYTES // 2) for each in (PAPER, PLOT)]
    sent = context.turns([with_attachments(*large), with_attachments(large[0])], shows={"picture", "pdf"})
    assert [len(turn.shown) for turn in sent] == [1, 1]
    assert "fig: a picture, which you are not shown." in sent[0].text


def test_of_many_pictures_the_latest_go_and_of_the_others_their_descriptions():
    large = replace(PLOT, size_bytes=context.MOST_SHOWN_BYTES // 3)
    counts = [
        len(turn.pictures) for turn in context.turns([with_attachments(large) for _ in range(5)], shows={"picture"})
    ]
    assert counts == [0, 0, 1, 1, 1]


def test_what_was_given_counts_and_goes_with_its_question():
    old = with_attachments(Attachment(kind="text", name="long", text="x" * 10_000))
    reply = replace(QUESTION, id=new_id(), author="assistant", text="Because.")
    turns = context.turns([old, reply, with_attachments(PLOT)], shows={"picture"})
    assert context.tokens(turns[-1]) > context.TOKENS_PER_PICTURE
    assert context.fit(turns, 4096) == turns[-1:]
    assert context.fit(turns, 8192) == turns


@given(st.integers(1, 60), st.integers(0, 2000), st.sampled_from([None, 256, 2048, 128_000]))
def test_it_never_sends_more_than_the_window_once_the_last_question_is_in(count, length, window):
    turns = conversation(count, length)
    kept = context.fit(turns, window)
    budget = (window or context.UNKNOWN_WINDOW_TOKENS) * (1 - context.REPLY_SHARE)
    questions = [t for t in kept if t.role == "user"]
    assert questions
    assert len(kept) <= 2 or sum(map(context.tokens, kept)) <= budget
