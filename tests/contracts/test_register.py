"""What is in the store is declared, and what is changed is in the audit log: for every table and route there is."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import add_model, kill_owner
from tests.providers.test_gguf import gguf
from tests.stand_in import StandIn
from workbench.app import TABLES
from workbench.client import Workbench, connect
from workbench.client.agents import DAILY, WEEKLY
from workbench.clock import new_id
from workbench.providers.records import Model
from workbench.security import audit
from workbench.security.vault import Vault
from workbench.server.api import PREFIX, describe
from workbench.storage.database import Database
from workbench.trials.records import Assertion, Configuration, Outcome

DECLARED = {table.name: table for table in TABLES}
NOBODYS_WORDS = {
    "agent_runs": {"owner_id", "agent", "state"},
    "audit": {"actor", "action", "hash"},
    "blobs": {"owner_id"},
    "budgets": {"owner_id", "period"},
    "calls": {"owner_id", "purpose", "ended", "error"},
    "conversations": {"owner_id", "personality", "prompt"},
    "drafts": {"owner_id"},
    "experiences": {"owner_id", "privacy", "state"},
    "message_attachments": {"owner_id", "kind", "media_type"},
    "messages": {"owner_id", "author", "status", "rating"},
    "model_corrections": {"owner_id"},
    "models": {"owner_id"},
    "personalities": {"owner_id", "template", "state"},
    "personality_versions": {"owner_id"},
    "prompt_versions": {"owner_id"},
    "prompts": {"owner_id", "state", "use"},
    "providers": {"owner_id", "kind", "route"},
    "requests": {"key"},
    "rule_firings": {"owner_id", "direction", "outcome", "part"},
    "rules": {"owner_id", "kind", "direction", "action", "scope"},
    "schedules": {"owner_id", "agent", "state"},
    "schema_migrations": {"slice"},
    "thresholds": {"owner_id", "measure"},
    "trial_ratings": {"owner_id", "choice"},
    "trial_results": {"owner_id"},
    "trials": {"owner_id", "state"},
}
"""Columns of text that only the Workbench itself writes to, from words of its own."""


# The register


def test_every_table_is_declared_once_and_nothing_else_is(database):
    assert sorted(database.tables()) == sorted(table.name for table in TABLES)


def test_every_declared_column_is_there(database):
    for table in TABLES:
        named = {*table.key, *table.personal, *table.secret} | ({table.experience} if table.experience else set())
        assert named <= set(database.columns(table.name)), table.name


def test_every_column_of_text_is_declared_as_somebodys_or_known_to_be_nobodys(database):
    found = database.read(
        "SELECT table_name, column_name FROM duckdb_columns() "
        "WHERE database_name = 'workbench' AND data_type IN ('VARCHAR', 'BLOB', 'JSON')"
    )
    texts = {name: {column for table, column in found if table == name} for name in DECLARED}
    declared = {name: {*table.personal, *table.secret} for name, table in DECLARED.items()}
    assert {name: texts[name] - declared[name] for name in texts if texts[name] - declared[name]} == NOBODYS_WORDS


def test_what_belongs_to_an_experience_says_so(database):
    holders = {t for t in DECLARED if "experience_id" in database.columns(t)} | {"experiences"}
    assert {table.name for table in TABLES if table.experience} == holders


def test_what_is_kept_back_or_not_audited_has_a_reason():
    for table in TABLES:
        assert table.reason or (table.exported and table.audited), table.name
        assert not set(table.personal) & set(table.secret)


# The audit log

NO_CHANGE = {
    "POST /sql": "it reads",
    "POST /stop": "it ends the process",
    "POST /unlock": "it opens the store",
    "POST /models/demo": "it fetches a file; the model that comes of it is audited as added",
    "POST /models/demo/cancel": "it stops fetching",
    "POST /models/suggestion": "it compares models",
    "POST /conversations/{conversation_id}/estimate": "it counts, and keeps nothing",
    "POST /experiences/{experience_id}/estimate": "it counts, and keeps nothing",
    **dict.fromkeys(
        (
            "PUT /conversations/{conversation_id}/draft",
            "DELETE /conversations/{conversation_id}/draft",
            "PUT /experiences/{experience_id}/draft",
            "DELETE /experiences/{experience_id}/draft",
        ),
        "it keeps unfinished text, every second while it is written; what is sent is audited",
    ),
    "POST /personalities/render": "it writes a text, and keeps nothing",
    "POST /prompts/lint": "it looks at a text, and keeps nothing",
    "POST /prompts/preview": "it writes a text, and keeps nothing",
    "POST /prompts/{prompt_id}/render": "it writes a text, and keeps nothing",
    "POST /previews": "it asks a model, and keeps nothing of it but the call",
    "POST /previews/{preview_id}/stop": "it ends what is not kept",
    "POST /trials/estimate": "it counts, and keeps nothing",
    "POST /rules/try": "it looks, and keeps nothing",
    "POST /models/check": "it asks a model for a word, and keeps nothing of it",
}
"""What is called with another method than GET, and changes nothing in the store that is audited."""


@dataclass
class Person:
    """Somebody with models, and a way to have more of everything."""

    bench: Workbench
    slow: Model
    quick: Model
    file: Path
    provider: StandIn

    def experience(self) -> str:
        return self.bench.experiences.create(new_id()).id

    def trashed(self) -> str:
        return self.bench.experiences.delete(self.experience()).id

    def conversation(self) -> str:
        return self.bench.conversations.create(self.experience()).id

    def compared(self) -> str:
        models = [self.quick.id, add_model(self.bench, self.provider, "paced-2-0").id]
        turn = self.bench.conversations.send(self.conversation(), "Why?", models=models)
        for reply in turn.replies:
            list(self.bench.conversations.stream(reply.id))
        return turn.message.id

    def running(self) -> str:
        return self.bench.conversations.send(self.conversation(), "Why?", model=self.slow.id).reply.id

    def stopped(self) -> str:
        return self.bench.conversations.stop(self.running()).id

    def rated(self) -> str:
        return self.bench.conversations.rate(self.stopped(), "down", note="Too long.").id

    def scheduled(self) -> str:
        return self.bench.agents.schedule("weekly-report", self.experience(), WEEKLY).id

    def paused(self) -> str:
        return self.bench.agents.pause(self.scheduled()).id

    def waiting_run(self) -> str:
        return self.bench.agents.run("weekly-report", self.experience()).id

    def provider(self) -> str:
        return self.bench.providers.add(f"p-{new_id()}", base_url="https://example.com/v1").name

    def budget(self) -> str:
        return self.bench.budgets.set(20, experience=self.experience()).id

    def personality(self) -> str:
        return self.bench.personalities.create(new_id(), tone="warm").id

    def prompt(self) -> str:
        return self.bench.prompts.create(f"p-{new_id()}", text="Why?").id

    def changed_prompt(self) -> str:
        return self.bench.prompts.update(self.prompt(), text="How?").id

    def changed_personality(self) -> str:
        return self.bench.personalities.update(self.personality(), tone="dry").id

    def trial(self) -> str:
        return self.planned(Configuration(name="A", model=self.slow.id))

    def planned(self, *configurations: Configuration, outcome: Outcome = "passes") -> str:
        cases = [self.bench.trials.case("Why?")]
        return self.bench.trials.create("Trial", configurations, cases=cases, outcome=outcome).id

    def running_trial(self) -> str:
        return self.bench.trials.run(self.trial()).id

    def to_rate(self) -> str:
        both = [Configuration(name=name, model=self.quick.id) for name in ("A", "B")]
        id = self.planned(*both, outcome="rating")
        self.bench.trials.finish(id)
        return id

    def with_an_edit(self) -> str:
        case = self.bench.trials.case("Why?", Assertion(kind="length", most=0))
        shaped = Configuration(name="A", model=self.quick.id, personality=self.personality())
        id = self.bench.trials.create("Trial", [shaped], cases=[case]).id
        self.bench.trials.finish(id)
        return id

    def rated_pair(self) -> str:
        both = [Configuration(name=name, model=self.quick.id) for name in ("A", "B")]
        cases = [self.bench.trials.case(text) for text in ("Why?", "How?")]
        id = self.bench.trials.create("Trial", both, cases=cases, outcome="rating").id
        self.bench.trials.finish(id)
        return self.bench.trials.rate(id, 1, "tie").id

    def rule(self) -> str:
        return self.bench.rules.add("words", "cat").id

    def firing(self) -> str:
        self.bench.rules.add("words", "w0", direction="incoming")
        reply = self.bench.conversations.send(self.conversation(), "Why?", model=self.quick.id).reply
        list(self.bench.conversations.stream(reply.id))
        return self.bench.rules.firings(message=reply.id)[0].id

    def deleted_rule(self) -> str:
        id = self.rule()
        self.bench.rules.delete(id)
        return id

    def protect(self) -> None:
        self.bench.set_passphrase("correct horse battery")


@dataclass(frozen=True)
class Example:
    """A call of a route, and what the log says of it. `prepare` makes what `call` changes."""

    action: str
    call: Callable[[Person, str], object]
    prepare: Callable[[Person], str | None] = lambda _: None


EXAMPLES: dict[str, Example] = {
    "PUT /passphrase": Example("vault.set_passphrase", lambda p, _: p.protect()),
    "DELETE /passphrase": Example("vault.remove_passphrase", lambda p, _: p.bench.remove_passphrase(), Person.protect),
    "POST /experiences": Example("experiences.create", lambda p, _: p.bench.experiences.create("Chemistry")),
    "PATCH /experiences/{experience_id}": Example(
        "experiences.update", lambda p, id: p.bench.experiences.update(id, description="new"), Person.experience
    ),
    "POST /experiences/{experience_id}/archive": Example(
        "experiences.archive", lambda p, id: p.bench.experiences.archive(id), Person.experience
    ),
    "POST /experiences/{experience_id}/unarchive": Example(
        "experiences.unarchive",
        lambda p, id: p.bench.experiences.unarchive(id),
        lambda p: p.bench.experiences.archive(p.experience()).id,
    ),
    "DELETE /experiences/{experience_id}": Example(
        "experiences.delete", lambda p, id: p.bench.experiences.delete(id), Person.experience
    ),
    "POST /experiences/{experience_id}/restore": Example(
        "experiences.restore", lambda p, id: p.bench.experiences.restore(id), Person.trashed
    ),
    "POST /conversations": Example(
        "conversations.create", lambda p, id: p.bench.conversations.create(id), Person.experience
    ),
    "PATCH /conversations/{conversation_id}": Example(
        "conversations.update", lambda p, id: p.bench.conversations.update(id, title="new"), Person.conversation
    ),
    "POST /conversations/{conversation_id}/messages": Example(
        "messages.send", lambda p, id: p.bench.conversations.send(id, "Why?", model=p.quick.id), Person.conversation
    ),
    "POST /messages/{message_id}/stop": Example(
        "messages.finish", lambda p, id: p.bench.conversations.stop(id), Person.running
    ),
    "POST /messages/{message_id}/retry": Example(
        "messages.retry", lambda p, id: p.bench.conversations.retry(id), Person.stopped
    ),
    "POST /messages/{message_id}/merge": Example(
        "messages.merge", lambda p, id: p.bench.conversations.merge(id, model=p.quick.id), Person.compared
    ),
    "POST /messages/{message_id}/continue": Example(
        "messages.continue", lambda p, id: p.bench.conversations.resume(id), Person.stopped
    ),
    "PUT /messages/{message_id}/rating": Example(
        "messages.rate", lambda p, id: p.bench.conversations.rate(id, "up"), Person.stopped
    ),
    "DELETE /messages/{message_id}/rating": Example(
        "messages.remove_rating", lambda p, id: p.bench.conversations.remove_rating(id), Person.rated
    ),
    "DELETE /messages/{message_id}": Example(
        "messages.delete", lambda p, id: p.bench.branches.delete(id), Person.stopped
    ),
    "POST /messages/{message_id}/restore": Example(
        "messages.restore",
        lambda p, id: p.bench.branches.restore(id),
        lambda p: p.bench.branches.delete(p.stopped()).message_id,
    ),
    "POST /agents/runs": Example(
        "agents.run",
        lambda p, id: p.bench.agents.cancel(p.bench.agents.run("weekly-report", id).id),
        Person.experience,
    ),
    "POST /agents/runs/{run_id}/cancel": Example(
        "agents.cancel", lambda p, id: p.bench.agents.cancel(id), Person.waiting_run
    ),
    "POST /agents/schedules": Example(
        "schedules.create", lambda p, id: p.bench.agents.schedule("weekly-report", id, WEEKLY), Person.experience
    ),
    "PATCH /agents/schedules/{schedule_id}": Example(
        "schedules.change", lambda p, id: p.bench.agents.reschedule(id, DAILY), Person.scheduled
    ),
    "POST /agents/schedules/{schedule_id}/pause": Example(
        "schedules.pause", lambda p, id: p.bench.agents.pause(id), Person.scheduled
    ),
    "POST /agents/schedules/{schedule_id}/resume": Example(
        "schedules.resume", lambda p, id: p.bench.agents.resume(id), Person.paused
    ),
    "DELETE /agents/schedules/{schedule_id}": Example(
        "schedules.remove", lambda p, id: p.bench.agents.unschedule(id), Person.scheduled
    ),
    "POST /agents/summaries": Example(
        "agents.summarise", lambda p, id: p.bench.agents.summarise(id), Person.experience
    ),
    "PUT /models/default": Example("models.choose", lambda p, _: p.bench.models.set_default(p.quick.id)),
    "POST /models/files": Example("models.add", lambda p, _: p.bench.models.add_file(p.file)),
    "POST /models/remote": Example(
        "models.add",
        lambda p, _: p.bench.models.add_remote(provider="p", base_url="https://example.com/v1", name="m"),
    ),
    "PATCH /models/{model_id}": Example("models.correct", lambda p, _: p.bench.models.correct(p.slow.id, tools=True)),
    "POST /providers": Example(
        "providers.add", lambda p, _: p.bench.providers.add("new", base_url="https://example.com/v1")
    ),
    "PATCH /providers/{name}": Example(
        "providers.update", lambda p, name: p.bench.providers.update(name, proxy="http://127.0.0.1:1"), Person.provider
    ),
    "DELETE /providers/{name}": Example(
        "providers.remove", lambda p, name: p.bench.providers.remove(name), Person.provider
    ),
    "POST /providers/{name}/models": Example(
        "models.add", lambda p, _: p.bench.providers.add_models(p.slow.provider, ["limited"])
    ),
    "PUT /providers/{name}/key": Example(
        "providers.set_key", lambda p, name: p.bench.providers.set_key(name, "sk-new"), Person.provider
    ),
    "DELETE /providers/{name}/key": Example(
        "providers.remove_key", lambda p, name: p.bench.providers.remove_key(name), Person.provider
    ),
    "PUT /providers/{name}/default": Example(
        "models.choose", lambda p, _: p.bench.providers.set_default(p.slow.provider)
    ),
    "PUT /thresholds": Example("thresholds.set", lambda p, _: p.bench.alerts.set("reply_s", 5)),
    "DELETE /thresholds/{threshold_id}": Example(
        "thresholds.remove",
        lambda p, id: p.bench.alerts.remove(id),
        lambda p: p.bench.alerts.set("failed_percent", 10).id,
    ),
    "POST /prompts": Example("prompts.create", lambda p, _: p.bench.prompts.create("why", text="Why?")),
    "PATCH /prompts/{prompt_id}": Example(
        "prompts.update", lambda p, id: p.bench.prompts.update(id, text="How?"), Person.prompt
    ),
    "POST /prompts/{prompt_id}/roll-back": Example(
        "prompts.roll_back", lambda p, id: p.bench.prompts.roll_back(id, 1), Person.changed_prompt
    ),
    "POST /prompts/{prompt_id}/duplicate": Example(
        "prompts.duplicate", lambda p, id: p.bench.prompts.duplicate(id), Person.prompt
    ),
    "DELETE /prompts/{prompt_id}": Example("prompts.delete", lambda p, id: p.bench.prompts.delete(id), Person.prompt),
    "POST /prompts/{prompt_id}/restore": Example(
        "prompts.restore",
        lambda p, id: p.bench.prompts.restore(id),
        lambda p: p.bench.prompts.delete(p.prompt()).id,
    ),
    "POST /personalities": Example("personalities.create", lambda p, _: p.bench.personalities.create("Tutor")),
    "PATCH /personalities/{personality_id}": Example(
        "personalities.update", lambda p, id: p.bench.personalities.update(id, tone="dry"), Person.personality
    ),
    "POST /personalities/{personality_id}/roll-back": Example(
        "personalities.roll_back", lambda p, id: p.bench.personalities.roll_back(id, 1), Person.changed_personality
    ),
    "DELETE /personalities/{personality_id}": Example(
        "personalities.delete", lambda p, id: p.bench.personalities.delete(id), Person.personality
    ),
    "POST /personalities/{personality_id}/restore": Example(
        "personalities.restore",
        lambda p, id: p.bench.personalities.restore(id),
        lambda p: p.bench.personalities.delete(p.personality()).id,
    ),
    "PUT /budgets": Example("budgets.set", lambda p, _: p.bench.budgets.set(20)),
    "PATCH /budgets/{budget_id}": Example(
        "budgets.set", lambda p, id: p.bench.budgets.change(id, enabled=False), Person.budget
    ),
    "DELETE /budgets/{budget_id}": Example("budgets.remove", lambda p, id: p.bench.budgets.remove(id), Person.budget),
    "POST /trials": Example("trials.create", lambda p, _: p.trial()),
    "DELETE /trials/{trial_id}": Example("trials.remove", lambda p, id: p.bench.trials.remove(id), Person.trial),
    "POST /trials/{trial_id}/run": Example("trials.run", lambda p, id: p.bench.trials.run(id), Person.trial),
    "POST /trials/{trial_id}/pause": Example(
        "trials.finish", lambda p, id: p.bench.trials.pause(id), Person.running_trial
    ),
    "POST /trials/{trial_id}/stop": Example("trials.finish", lambda p, id: p.bench.trials.stop(id), Person.trial),
    "POST /trials/{trial_id}/edits/{number}/accept": Example(
        "personalities.update", lambda p, id: p.bench.trials.accept(id, 1), Person.with_an_edit
    ),
    "PUT /trials/{trial_id}/ratings/{number}": Example(
        "trials.rate", lambda p, id: p.bench.trials.rate(id, 1, "left"), Person.to_rate
    ),
    "DELETE /trials/{trial_id}/ratings/last": Example(
        "trials.undo", lambda p, id: p.bench.trials.undo(id), Person.rated_pair
    ),
    "POST /rules": Example("rules.add", lambda p, _: p.bench.rules.add("secrets")),
    "PATCH /rules/{rule_id}": Example(
        "rules.change", lambda p, id: p.bench.rules.change(id, action="ask"), Person.rule
    ),
    "POST /rules/{rule_id}/move": Example("rules.move", lambda p, id: p.bench.rules.move(id, 0), Person.rule),
    "POST /rules/firings/{firing_id}/undo": Example("rules.undo", lambda p, id: p.bench.rules.undo(id), Person.firing),
    "PUT /rules/firings/{firing_id}/report": Example(
        "rules.report", lambda p, id: p.bench.rules.report(id, "Wrong."), Person.firing
    ),
    "DELETE /rules/{rule_id}": Example("rules.delete", lambda p, id: p.bench.rules.delete(id), Person.rule),
    "POST /rules/{rule_id}/restore": Example(
        "rules.restore", lambda p, id: p.bench.rules.restore(id), Person.deleted_rule
    ),
    "DELETE /models/{model_id}": Example("models.remove", lambda p, _: p.bench.models.remove(p.quick.id)),
}


def routes() -> set[str]:
    """Every route that is not only read."""
    paths = describe().openapi()["paths"].items()
    return {
        f"{method.upper()} {path.removeprefix(PREFIX)}"
        for path, methods in paths
        for method in methods
        if method != "get"
    }


def test_every_route_that_changes_something_has_an_example():
    assert routes() == EXAMPLES.keys() | NO_CHANGE.keys()


@pytest.fixture(scope="module")
def logged(tmp_path_factory, provider) -> dict[str, list[tuple[str, str]]]:
    """Action and door of the rows that each example left in the audit log of one home."""
    folder = tmp_path_factory.mktemp("audit")
    home, file = folder / "home", folder / "model.gguf"
    file.write_bytes(gguf())
    windows: dict[str, slice] = {}
    with pytest.MonkeyPatch.context() as patch, connect(home) as bench:
        patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
        person = Person(
            bench, add_model(bench, provider, "paced-20-1"), add_model(bench, provider, "paced-1-0"), file, provider
        )
        for route, example in EXAMPLES.items():
            made = example.prepare(person)
            before = bench.status().rows["audit"]
            example.call(person, str(made))
            windows[route] = slice(before, bench.status().rows["audit"])
        kill_owner(home)
    key = Vault(home / "keys.json").open().database
    database = Database(home / "store" / "workbench.duckdb", key=key, spill=folder / "spill")
    rows = [(row[0], row[1]) for row in database.read("SELECT action, actor FROM audit ORDER BY number")]
    assert audit.verify(database) is None
    database.close()
    return {route: rows[window] for route, window in windows.items()}


@pytest.mark.parametrize("route", EXAMPLES)
def test_a_change_leaves_a_row_in_the_audit_log(logged, route):
    assert EXAMPLES[route].action in [action for action, _ in logged[route]]


def test_a_row_names_the_door_that_the_change_came_through(logged):
    assert ("experiences.create", "python") in logged["POST /experiences"]
