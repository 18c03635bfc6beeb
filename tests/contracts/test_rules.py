"""One set of rules gives one decision, whichever door a question comes through."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from click.testing import CliRunner

from tests.conftest import add_model, kill_owner
from tests.dashboards import hosted
from workbench import magics
from workbench.cli.program import main
from workbench.client import Workbench, connect
from workbench.clock import new_id
from workbench.errors import RuleAskError, WorkbenchError

EMAIL = "jane@example.org"
Decision = tuple[str, str]
"""The code of the error, or of the reply's fault; and the reply's text."""


@dataclass
class Home:
    bench: Workbench
    page: hosted.Hosted
    asks: str
    """The id of the rule that asks."""

    def refused(self, ask: Callable[[], Decision]) -> Decision:
        try:
            return ask()
        except RuleAskError as error:
            return (error.code if error.rules == (self.asks,) else str(error.rules)), ""
        except WorkbenchError as error:
            return error.code, ""

    def conversation(self) -> str:
        return self.bench.conversations.create(self.bench.experiences["Geology"].id).id

    def ended(self, reply_id: str) -> Decision:
        *_, last = self.bench.conversations.stream(reply_id)
        return last.message.fault.code if last.message.fault else "", last.message.text


@pytest.fixture(scope="module")
def home(tmp_path_factory, provider) -> Iterator[Home]:
    folder = tmp_path_factory.mktemp("rules") / "home"
    with pytest.MonkeyPatch.context() as patch, connect(folder) as bench:
        patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
        patch.setenv("WORKBENCH_HOME", str(folder))
        for name in ("echo", "paced-8-0", "recall"):
            add_model(bench, provider, name)
        experience = bench.experiences.create("Geology")
        asks = bench.rules.add("words", "basalt", action="ask", direction="outgoing", experience="Geology")
        bench.rules.add("words", "cirrus", action="block", direction="outgoing")
        bench.rules.add("personal", "email", action="redact")
        bench.rules.add("words", "w3", name="Third", direction="incoming", experience=experience.id)
        bench.rules.add("pattern", text="w6 w7", action="block", direction="incoming", name="Sixth")
        with hosted.running(folder) as page:
            page.sign_in()
            yield Home(bench, page, asks.id)
        kill_owner(folder)


def by_client(home: Home, text: str, model: str, allowed: list[str]) -> Decision:
    reply = home.bench.experiences["Geology"].ask(text, model=model, new=True, allow_rules=allowed)
    return reply.fault.code if reply.fault else "", reply.text


def by_cell(home: Home, text: str, model: str, allowed: list[str]) -> Decision:
    line = f"-e Geology -m {model} --new " + "".join(f"--allow-rule {id} " for id in allowed)
    reply = magics._ask(line, text, {})
    return reply.fault.code if reply.fault else "", reply.text


def by_command(home: Home, text: str, model: str, allowed: list[str]) -> Decision:
    options = [part for id in allowed for part in ("--allow-rule", id)]
    command = ["ask", text, "-e", "Geology", "-m", model, "--new", "--json", *options]
    ran = CliRunner().invoke(__import__("click").Command("run", callback=lambda: main(command)), [])
    code = {0: "", 16: "rule_blocked", 17: "rule_ask"}[ran.exit_code]
    return code, json.loads(ran.stdout)["text"] if ran.stdout else ""


def by_api(home: Home, text: str, model: str, allowed: list[str]) -> Decision:
    body = {"text": text, "model": model, "reply_id": new_id(), "allow_rules": allowed}
    path = f"/conversations/{home.conversation()}/messages"
    turn = home.bench.conversations._transport.call("POST", path, dict[str, object], body=body)
    return home.ended(turn["reply"]["id"])


def by_page(home: Home, text: str, model: str, allowed: list[str]) -> Decision:
    """The Panel pages' and JupyterLab's way to the owner, as the chat in them takes it."""
    body = json.dumps({"text": text, "model": model, "reply_id": new_id(), "allow_rules": allowed})
    answer = home.page.ask(
        f"{home.page.prefix}/api/v1/conversations/{home.conversation()}/messages",
        method="POST",
        body=body,
        Cookie=home.page.cookie,
        Workbench_Page="chat",
        Origin=f"http://{home.page.host}",
        Content_Type="application/json",
    )
    told = json.loads(answer.body)
    if answer.status != 201:
        assert told["code"] != "rule_ask" or told["rules"] == [home.asks]
        return told["code"], ""
    return home.ended(told["reply"]["id"])


DOORS = (by_client, by_cell, by_command, by_api, by_page)


@pytest.mark.parametrize("door", DOORS)
def test_every_door_gives_the_same_decision(home, door):
    def decided(text, model, allowed=()):
        return home.refused(lambda: door(home, text, f"standin/{model}", list(allowed)))

    assert decided(f"Write to {EMAIL} now", "echo") == ("", "Write to [removed: e-mail address] now ")
    assert decided("on basalt", "echo") == ("rule_ask", "")
    assert decided("on basalt", "echo", [home.asks]) == ("", "on basalt ")
    assert decided("on cirrus", "echo") == ("rule_blocked", "")
    assert decided("on cirrus and basalt", "echo", [home.asks]) == ("rule_blocked", "")
    assert decided("Count", "paced-8-0") == ("rule_blocked", "w0 w1 w2 [removed: word] w4 w5 ")


def test_an_agents_summary_is_asked_for_under_the_same_rules(home):
    bench = home.bench
    experience = bench.experiences.create("Weather", model="standin/echo")
    experience.ask(f"The sky is blue, says {EMAIL}, as air scatters blue light.", model="standin/echo")

    redacted = bench.agents.summarise(experience.id)
    blocking = bench.rules.add("words", "scatters", action="block", experience="Weather", direction="outgoing")
    blocked = bench.agents.summarise(experience.id)
    bench.rules.change(blocking.id, action="ask")
    asked = bench.agents.summarise(experience.id)
    bench.rules.delete(blocking.id)

    assert "[removed: e-mail address]" in redacted.text
    assert EMAIL not in redacted.text
    for summary, word in ((blocked, "Blocked"), (asked, "Asked")):
        assert summary.source == "rules"
        assert f"{word} by the rule 'scatters'" in summary.remark


def test_nothing_is_saved_of_what_is_refused_and_the_own_words_of_what_is_sent(home):
    where, send = home.conversation(), home.bench.conversations.send
    for refused in ("on basalt", "on cirrus"):
        with pytest.raises(WorkbenchError):
            send(where, refused, model="standin/echo")
    assert home.bench.conversations.get(where).messages == ()

    turn = send(where, f"Write to {EMAIL}", model="standin/echo")

    assert turn.message.text == f"Write to {EMAIL}"
    assert "Taken out by the rule 'Personal data': e-mail address." in turn.rules
    home.ended(turn.reply.id)


def test_what_was_said_before_goes_along_without_what_rules_forbid(home):
    bench, where = home.bench, home.conversation()
    home.ended(
        bench.conversations.send(where, f"on basalt, {EMAIL}", model="standin/echo", allow_rules=[home.asks]).reply.id
    )

    code, told = home.ended(bench.conversations.send(where, "And now?", model="standin/recall").reply.id)

    assert code == ""
    assert "basalt" not in told
    assert EMAIL not in told
    assert "[removed: word]" in told


def test_retrying_and_going_on_ask_again(home):
    bench, where = home.bench, home.conversation()
    reply = bench.conversations.send(where, "on basalt", model="standin/echo", allow_rules=[home.asks]).reply
    home.ended(reply.id)

    with pytest.raises(RuleAskError):
        bench.conversations.retry(reply.id)

    assert home.ended(bench.conversations.retry(reply.id, allow_rules=[home.asks]).id) == ("", "on basalt ")


def test_what_was_taken_out_of_a_reply_can_be_put_back(home):
    bench = home.bench
    reply = bench.conversations.send(home.conversation(), "Count", model="standin/paced-8-0").reply
    home.ended(reply.id)
    fired = {one.rule: one for one in bench.rules.firings(message=reply.id)}

    bench.rules.undo(fired["Third"].id)

    assert bench.conversations.message(reply.id).text == "w0 w1 w2 w3 w4 w5 "
    assert (fired["Sixth"].outcome, fired["Sixth"].taken) == ("blocked", "w6 w7")
