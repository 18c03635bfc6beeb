"""An open Experience in a script, over a real owner."""

import base64
from dataclasses import fields
from pathlib import Path

import polars as pl
import pytest
from matplotlib.figure import Figure

from tests.conftest import add_model
from tests.stand_in import StandIn
from workbench.client import OpenExperience, Workbench
from workbench.errors import ConflictError, InvalidInputError, NotFoundError
from workbench.experiences.records import Experience
from workbench.providers.records import Model


@pytest.fixture
def physics(bench: Workbench, model: Model) -> OpenExperience:
    bench.models.set_default(model.id)
    return bench.experiences.create("Physics", description="Heat")


def test_it_has_the_fields_of_its_record(physics: OpenExperience):
    names = [field.name for field in fields(Experience)]
    assert [getattr(physics, name) for name in names] == [getattr(physics.record, name) for name in names]
    assert set(names) <= set(dir(physics))
    assert set(names) <= set(OpenExperience.__annotations__)
    with pytest.raises(AttributeError, match="nmae"):
        _ = physics.nmae


def test_it_is_opened_by_name_id_or_folder(bench: Workbench, physics: OpenExperience):
    for name in ("physics", physics.id, "PHYSICS"):
        assert bench.experiences.open(name).record == bench.experiences[name].record == physics.record
    assert list(bench.experiences._ipython_key_completions_()) == ["Physics"]
    with pytest.raises(NotFoundError, match="Phisics"):
        bench.experiences.open("Phisics")


def test_its_fields_stay_as_they_were_read_until_it_is_refreshed(bench: Workbench, physics: OpenExperience):
    bench.experiences.update(physics.id, name="Chemistry")
    assert physics.name == "Physics"
    with pytest.raises(ConflictError):
        bench.experiences.update(physics.id, revision=physics.revision, name="Third")
    assert repr(physics) == "<Experience 'Chemistry', private, active>"
    assert physics.refresh().name == "Chemistry"


def test_models_that_are_compared_reply_in_order_and_the_one_kept_goes_on(
    bench: Workbench, physics: OpenExperience, model: Model, provider: StandIn
):
    others = [add_model(bench, provider, name) for name in ("paced-2-0", "scold")]
    compared = physics.compare("Why?", models=[model, others[0].id, others[1]])
    assert [(reply.model, reply.status) for reply in compared] == [
        (model.id, "complete"), (others[0].id, "complete"), (others[1].id, "failed"),
    ]  # fmt: skip
    assert compared[others[0].id].text == "w0 w1 "
    assert compared[2].fault is not None
    drawn = compared._repr_html_()
    assert [drawn.count(f"<strong>{each.model}</strong>") for each in compared] == [1, 1, 1]
    assert compared[2].fault.message.split("'")[0] in drawn
    assert compared.keep(others[0].id) is compared[1]
    after = physics.ask("And then?")
    tree = bench.conversations.get(after.conversation_id)
    assert [m.parent_id for m in tree.messages if m.text == "And then?"] == [compared[1].id]
    with pytest.raises(InvalidInputError, match="was not asked"):
        _ = compared["openai/none"]


def test_a_comparison_is_merged_into_one_reply(bench: Workbench, physics: OpenExperience, provider: StandIn):
    echo, two, scold = (add_model(bench, provider, name).id for name in ("echo", "paced-2-0", "scold"))
    compared = physics.compare("Why?", models=[echo, two, scold])
    merged = compared.merge(echo)
    assert merged.message.merged_from == (compared[echo].id, compared[two].id)
    assert "Reply 2 of 2:\n\n```\nw0 w1\n```" in merged.text
    assert bench.conversations.get(merged.conversation_id).conversation.head_id == merged.id
    with pytest.raises(InvalidInputError, match="two models or more"):
        physics.compare("Why?", models=[echo])


def test_a_conversation_that_is_gone_is_begun_anew(bench: Workbench, physics: OpenExperience):
    bench.asked_in[physics.id] = "01a210d7-0000-7000-8000-000000000000"
    assert physics.ask("Why?").status == "complete"
    with pytest.raises(NotFoundError):
        physics.ask("Why?", conversation="01a210d7-0000-7000-8000-000000000000")


def test_a_conversation_can_be_given_as_what_one_has_of_it(bench: Workbench, physics: OpenExperience, model: Model):
    first = physics.ask("one", model=model)
    tree = bench.conversations.get(first.conversation_id)
    assert physics.ask("two", new=True).conversation_id != first.conversation_id
    assert physics.ask("three", conversation=tree).conversation_id == first.conversation_id
    assert physics.ask("four", conversation=tree.conversation).conversation_id == first.conversation_id
    assert [c.message_count for c in physics.conversations().conversations] == [6, 2]
    with pytest.raises(InvalidInputError, match="cannot both be meant"):
        physics.ask("five", conversation=tree, new=True)


def test_its_history_is_its_own(bench: Workbench, physics: OpenExperience):
    physics.ask("Why?")
    bench.experiences.create("Cooking").ask("How?")
    assert physics.history()["text"].to_list()[0] == "Why?"
    assert set(physics.history()["experience"]) == {"Physics"}
    assert physics.history(until="1h").height == 0


def test_what_is_given_with_a_question_is_sent_and_kept(bench: Workbench, physics: OpenExperience, tmp_path: Path):
    sales = pl.DataFrame({"day": ["Mon", "Tue"], "count": [3, 5]})
    notes = tmp_path / "notes.md"
    notes.write_text("x" * 2048, encoding="utf-8")
    plot = Figure()
    reply = physics.ask("What is odd here?", with_=[sales, plot, notes, {"a": 1}])
    question, _ = bench.conversations.get(reply.conversation_id).messages
    assert question.text == "What is odd here?"
    assert [(each.kind, each.name) for each in question.attachments] == [
        ("table", "sales"),
        ("picture", "plot"),
        ("text", "notes.md"),
        ("value", "value 4"),
    ]
    assert [each.text for each in question.attachments] == [each.text for each in reply.given]
    assert bench.conversations.attachment(question.id, 1) == reply.given[1]
    line = "Given: sales (table, 2 × 2) · plot (picture) · notes.md (text, 2 KB) · value 4 (value)"
    for html in (reply._repr_html_(), question._repr_html_()):
        assert f"<details><summary>{line}</summary>" in html
        assert "| Mon | 3 |" in html
    assert '<img src="data:image/png;base64,' in reply._repr_html_()
    assert "Given:" not in physics.ask("And now?")._repr_html_()


def test_the_model_reads_what_is_given(bench: Workbench, physics: OpenExperience, provider: StandIn):
    echo = add_model(bench, provider, "echo")
    reply = physics.ask("Why?", with_={"rates": {"chf": 1.07}}, model=echo)
    assert "{'chf': 1.07}" in reply.text
    assert "rates" in reply.text


def test_a_pdf_is_sent_to_a_model_that_takes_them_and_stays_with_its_question(
    bench: Workbench, physics: OpenExperience, provider: StandIn, tmp_path: Path
):
    echo = add_model(bench, provider, "echo")
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(b"%PDF-1.7\n\xff\n%%EOF\n")
    told = physics.ask("Why?", with_=[str(paper)], model=echo)
    assert told.text.split("\n\n")[1].strip() == "paper.pdf: a PDF, which you are not shown."
    bench.models.correct(echo.id, pdf=True)
    reply = physics.ask("Why?", with_=[paper], model=echo, new=True)
    data = base64.b64encode(paper.read_bytes()).decode()
    assert reply.text.strip().endswith(f"[paper.pdf data:application/pdf {data}]")
    for html in (reply._repr_html_(), bench.conversations.get(reply.conversation_id).messages[0]._repr_html_()):
        assert "<summary>Given: paper.pdf (PDF, 17 bytes)</summary>" in html
    rows = bench.sql("select kind, name, size_bytes from attachments order by created_at").rows()
    assert rows == [("pdf", "paper.pdf", 17)] * 2


def test_a_model_that_sees_is_sent_a_plot_and_another_is_told_of_it(
    bench: Workbench, physics: OpenExperience, provider: StandIn
):
    plot = Figure()
    plot.suptitle("Falling")
    sees, blind = (
        bench.models.add_remote(provider=name, base_url=provider.base_url, name="echo", api_key="k", sees=sees)
        for name, sees in (("seeing", True), ("blind", False))
    )
    assert "image/png" in physics.ask("Why?", with_=plot, model=sees).text
    told = physics.ask("Why?", with_=plot, model=blind, new=True).text
    assert "image/png" not in told
    assert 'Title: "Falling"' in told


def test_nothing_is_sent_where_something_cannot_be_given(physics: OpenExperience, tmp_path: Path):
    long = tmp_path / "long.txt"
    long.write_text("x" * 59_000, encoding="utf-8")
    for wrong in ("no-such-file.md", physics, [1] * 21, [long] * 4):
        with pytest.raises(InvalidInputError) as refused:
            physics.ask("Why?", with_=wrong)
        assert refused.value.remedy
    assert [conversation.message_count for conversation in physics.conversations().conversations] in ([], [0])


def test_a_variable_of_the_function_that_asks_gives_its_name(physics: OpenExperience):
    def asked() -> str:
        inner = pl.Series([1, 2])
        return physics.ask("Why?", with_=inner).given[0].name

    assert asked() == "inner"
    assert physics.ask("Why?", with_=pl.Series([1])).given[0].name == "table 1"
