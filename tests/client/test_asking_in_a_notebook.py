import asyncio

import pytest

from tests.client.conftest import Notebook, drawn, error, printed, words
from tests.conftest import add_model, kill_owner
from tests.stand_in import StandIn, token
from workbench.client import Workbench
from workbench.providers.records import Model

OPEN = "import workbench as wb\nbench = wb.connect()\nphysics = bench.experiences.open('Physics')\n"


@pytest.fixture
def physics(bench: Workbench, model: Model) -> str:
    bench.models.set_default(model.id)
    return bench.experiences.create("Physics").id


def whole(count: int) -> str:
    return "".join(token(number) for number in range(count)).strip()


async def test_a_reply_is_shown_once_though_it_is_also_the_cells_result(notebook: Notebook, physics: str):
    outputs = await notebook.run(OPEN + "physics.ask('Why?')")
    assert error(outputs) == ""
    [html] = drawn(outputs)
    assert whole(20) in words(html)
    assert "paced-20-0 · 10 + 20 tokens · " in words(html)
    assert "cost unknown" in words(html)
    assert len(outputs) == 1
    assert whole(20) in outputs[0]["data"]["text/plain"]


async def test_a_kept_reply_is_shown_again_when_it_is_asked_for(notebook: Notebook, physics: str):
    await notebook.run(OPEN + "reply = physics.ask('Why?')")
    [html] = drawn(await notebook.run("reply"))
    assert whole(20) in words(html)
    outputs = await notebook.run(
        "print(reply.text, reply.status, reply.model, reply.tokens, reply.cost_usd, reply.total_s > 0)"
    )
    assert printed(outputs) == f"{whole(20)}  complete standin/paced-20-0 30 None True\n"


async def test_a_reply_grows_in_the_cell_and_ends_whole(
    notebook: Notebook, physics: str, bench: Workbench, provider: StandIn
):
    add_model(bench, provider, "paced-40-20")
    running = asyncio.create_task(notebook.run(OPEN + "physics.ask('Why?', model='standin/paced-40-20')"))
    seen = set()
    while not running.done():
        await asyncio.sleep(0.05)
        seen.update(words(html) for html in drawn(notebook.latest))
    growing = [text for text in seen if text.endswith("Writing…")]
    assert len(growing) > 3
    assert all(whole(40).startswith(text.removesuffix(" Writing…")) for text in growing)
    assert whole(40) in words(drawn(await running)[0])


async def test_an_interrupt_stops_the_reply_and_keeps_what_arrived(
    notebook: Notebook, physics: str, bench: Workbench, provider: StandIn
):
    add_model(bench, provider, "paced-2000-20")
    running = asyncio.create_task(notebook.run(OPEN + "reply = physics.ask('Why?', model='standin/paced-2000-20')"))
    while not any(token(5) in words(html) for html in drawn(notebook.latest)):
        await asyncio.sleep(0.05)
        assert not running.done()
    await notebook.interrupt()
    outputs = await asyncio.wait_for(running, 20)
    assert error(outputs) == ""
    [html] = drawn(outputs)
    assert "Stopped; what had arrived is kept" in words(html)
    outputs = await notebook.run("print(reply.status); print(reply.id); print(reply.text)")
    status, id_, text = printed(outputs).rstrip("\n").split("\n")
    kept = bench.conversations.message(id_)
    assert status == kept.status == "stopped"
    assert kept.text.strip() == text.strip()
    assert whole(2000).startswith(text.strip())
    assert text.strip() in words(html)


async def test_a_reply_outlives_its_owner(notebook: Notebook, physics: str, bench: Workbench, provider: StandIn, home):
    add_model(bench, provider, "paced-2000-20")
    running = asyncio.create_task(notebook.run(OPEN + "reply = physics.ask('Why?', model='standin/paced-2000-20')"))
    while not any(token(20) in words(html) for html in drawn(notebook.latest)):
        await asyncio.sleep(0.05)
        assert not running.done()
    kill_owner(home)
    outputs = await asyncio.wait_for(running, 60)
    assert error(outputs) == ""
    [html] = drawn(outputs)
    assert "Interrupted; what had arrived is kept" in words(html)
    assert whole(8) in words(html)


async def test_a_failed_reply_says_why_and_what_to_do(
    notebook: Notebook, physics: str, bench: Workbench, provider: StandIn
):
    add_model(bench, provider, "truncated-5")
    outputs = await notebook.run(OPEN + "reply = physics.ask('Why?', model='standin/truncated-5')\nprint(reply.status)")
    assert printed(outputs) == "failed\n"
    [html] = drawn(outputs)
    assert whole(5) in words(html)
    assert "The reply from 'standin' was cut off before its end. Continue it, or try again." in words(html)
    assert 'role="alert"' in html


async def test_an_error_is_a_sentence_and_a_remedy_and_no_traceback(notebook: Notebook, physics: str):
    outputs = await notebook.run(OPEN + "bench.experiences.open('Phisics')")
    assert error(outputs) == "NotFoundError: There is no Experience called 'Phisics'.\nDid you mean 'Physics'?"
    outputs = await notebook.run("physics.ask('Why?', model='standin/none')")
    assert error(outputs).count("\n") == 1
    assert "ModelMissingError: There is no model 'standin/none'." in error(outputs)


async def test_what_a_model_writes_does_not_become_part_of_the_page(
    notebook: Notebook, physics: str, bench: Workbench, provider: StandIn
):
    add_model(bench, provider, "echo")
    hostile = "<img src=x onerror=alert(1)> ![a](https://example.org/a.png) [x](javascript:alert(1))"
    outputs = await notebook.run(OPEN + f"physics.ask({hostile!r}, model='standin/echo')")
    [html] = drawn(outputs)
    assert "<img" not in html
    assert "&lt;img" in html
    assert 'href="javascript' not in html


async def test_what_is_given_is_shown_above_the_reply(notebook: Notebook, physics: str, bench: Workbench):
    await notebook.run(
        "import polars as pl\nfrom matplotlib.figure import Figure\n"
        "df = pl.DataFrame({'<img src=x>': range(1000)})\nfig = Figure()\nfig.subplots().plot([1, 2])"
    )
    outputs = await notebook.run(OPEN + "reply = physics.ask('What is odd?', with_=[df, fig])")
    assert error(outputs) == ""
    [html] = drawn(outputs)
    assert words(html).startswith("Given: df (table, 1,000 × 1) · fig (picture) df 1,000 rows × 1 column")
    assert whole(20) in words(html.partition("</details>")[2])
    assert "| &lt;img src=x&gt; | Int64 | 0 | 0 to 999, median 499.5 |" in html
    assert html.count("<img ") == html.count('<img src="data:image/png;base64,') == 1
    assert outputs[0]["data"]["text/plain"].startswith("Given: df (table, 1,000 × 1) · fig (picture)\nw0 ")
    [conversation] = bench.conversations.list().conversations
    question, _ = bench.conversations.get(conversation.id).messages
    assert [each.name for each in question.attachments] == ["df", "fig"]
    assert question.text == "What is odd?"
    outputs = await notebook.run("physics.ask('Why?', with_='no-such.csv')")
    assert error(outputs) == (
        "InvalidInputError: There is no file 'no-such.csv'.\n"
        "Look at its path. If you mean the text itself, put it into the question."
    )


async def test_questions_go_on_in_one_conversation_until_a_new_one_is_wanted(
    notebook: Notebook, physics: str, bench: Workbench
):
    code = "; ".join(
        [
            "a = physics.ask('one')",
            "b = bench.experiences['physics'].ask('two')",
            "c = physics.ask('three', new=True)",
            "d = physics.ask('four')",
            "e = physics.ask('five', conversation=a.conversation_id)",
            "print(*[r.conversation_id for r in (a, b, c, d, e)])",
        ]
    )
    a, b, c, d, e = printed(await notebook.run(OPEN + code)).split()
    assert a == b == e
    assert c == d != a
    assert [m.text for m in bench.conversations.get(a).messages if m.author == "user"] == ["one", "two", "five"]


async def test_a_renamed_experience_goes_on_and_shows_its_new_name(notebook: Notebook, physics: str, bench: Workbench):
    await notebook.run(OPEN)
    bench.experiences.update(physics, name="Natural philosophy")
    outputs = await notebook.run("physics")
    assert "Natural philosophy" in outputs[0]["data"]["text/plain"]
    assert "Natural philosophy" in words(drawn(outputs)[0])
    outputs = await notebook.run("print(physics.ask('Why?').status, physics.name)")
    assert "complete Natural philosophy" in printed(outputs)


async def test_nothing_heavy_is_loaded_before_a_reply_is_drawn(notebook: Notebook, physics: str):
    outputs = await notebook.run(
        "import sys, workbench as wb\n"
        "print([m for m in sys.modules if m.startswith(('workbench.', 'msgspec'))])\n"
        "wb.connect().experiences.list()\n"
        "print([m for m in ('markdown_it', 'nh3', 'polars', 'altair', 'litellm') if m in sys.modules])"
    )
    assert printed(outputs) == "[]\n[]\n"
