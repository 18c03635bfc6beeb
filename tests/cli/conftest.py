"""A Workbench without an owner, for the command line alone; `test_journey` uses a real one."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

import workbench
from workbench.cli.program import main
from workbench.client.records import Delta, Done, ReplyEvent, Snapshot
from workbench.clock import new_id
from workbench.conversations.attachments import attachment
from workbench.conversations.records import (
    Conversation,
    ConversationPage,
    ConversationTree,
    Fault,
    Given,
    Message,
    Turn,
)
from workbench.errors import ModelMissingError, NotFoundError, OwnerUnreachableError
from workbench.experiences.records import Experience
from workbench.providers.estimate import Estimate, estimate, exactly, usual_reply
from workbench.providers.records import Download, Model
from workbench.status import KeyProtection, Status

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
ESTIMATED = Model(id="far/model", name="model", provider="far", kind="openai", context_tokens=10_000)
Run = Callable[..., Result]


class Experiences:
    def __init__(self) -> None:
        self.kept: dict[str, Experience] = {}

    def list(self, state: str | None = "active") -> tuple[Experience, ...]:
        return tuple(e for e in self.kept.values() if state in (None, e.state))

    def find(self, name: str) -> Experience:
        for found in self.kept.values():
            if name.casefold() in (found.name.casefold(), found.slug, found.id):
                return found
        raise NotFoundError(f"There is no Experience called {name!r}.", remedy="Did you mean 'Physics'?")

    def create(self, name: str, **fields: str | None) -> SimpleNamespace:
        made = Experience(
            id=new_id(), name=name, slug=name.lower(), created_at=NOW, updated_at=NOW, revision=1, **fields
        )
        self.kept[made.id] = made
        return SimpleNamespace(id=made.id, record=made)

    def estimate(self, id: str, text: str, *, model: str | None = None, attachments: Sequence[Given] = ()) -> Estimate:
        assert id in self.kept
        return estimate(ESTIMATED, None, exactly(1_000 * len(text)), usual_reply(ESTIMATED))

    def update(self, id: str, *, revision: int | None = None, **changes: str) -> Experience:
        assert revision == self.kept[id].revision
        self.kept[id] = replace(self.kept[id], revision=revision + 1, **changes)
        return self.kept[id]

    def _state(self, id: str, state: str) -> Experience:
        self.kept[id] = replace(self.kept[id], state=state)
        return self.kept[id]

    def archive(self, id: str) -> Experience:
        return self._state(id, "archived")

    def unarchive(self, id: str) -> Experience:
        return self._state(id, "active")

    def delete(self, id: str) -> Experience:
        return self._state(id, "trashed")

    def restore(self, id: str) -> Experience:
        return self._state(id, "active")


class Conversations:
    def __init__(self) -> None:
        self.kept: dict[str, Conversation] = {}
        self.messages: list[Message] = []
        self.script: list[ReplyEvent | type[BaseException]] = []
        self.fault: Fault | None = None
        self.stopped: list[str] = []

    def list(self, experience: str | None = None, *, limit: int = 50, cursor: str | None = None) -> ConversationPage:
        found = tuple(c for c in self.kept.values() if experience in (None, c.experience_id))
        return ConversationPage(conversations=found[:limit], total=len(found))

    def create(self, experience_id: str, *, title: str = "") -> Conversation:
        made = Conversation(
            id=new_id(), experience_id=experience_id, title=title, created_at=NOW, updated_at=NOW, revision=1
        )
        self.kept[made.id] = made
        return made

    def get(self, id: str) -> ConversationTree:
        mine = tuple(m for m in self.messages if m.conversation_id == id)
        return ConversationTree(conversation=self.kept[id], messages=mine)

    def send(
        self,
        conversation_id: str,
        text: str,
        *,
        model: str | None = None,
        attachments: Sequence[Given] = (),
        over_budget: bool = False,
        allow_rules: Sequence[str] = (),
    ) -> Turn:
        assert not over_budget
        assert not allow_rules
        where = self.kept[conversation_id]
        given = tuple(map(attachment, attachments))
        common = {
            "conversation_id": where.id,
            "experience_id": where.experience_id,
            "created_at": NOW,
            "updated_at": NOW,
        }
        question = Message(id=new_id(), parent_id=where.head_id, author="user", text=text, attachments=given, **common)
        reply = Message(
            id=new_id(), parent_id=question.id, author="assistant", text="", status="running", model=model, **common
        )
        self.messages += [question, reply]
        self.kept[where.id] = replace(where, head_id=reply.id, message_count=where.message_count + 2)
        return Turn(message=question, reply=reply)

    def estimate(
        self, conversation_id: str, text: str, *, model: str | None = None, attachments: Sequence[Given] = ()
    ) -> Estimate:
        assert conversation_id in self.kept
        return estimate(ESTIMATED, None, exactly(len(text) + len(attachments)), usual_reply(ESTIMATED))

    def stream(self, message_id: str) -> Iterator[ReplyEvent]:
        reply = next(m for m in self.messages if m.id == message_id)
        yield Snapshot(message=reply)
        text = ""
        for event in self.script or [Delta(text="It is "), Delta(text="blue.")]:
            if isinstance(event, type):
                raise event
            text = event.message.text if isinstance(event, Snapshot) else text + event.text
            yield event
        final = replace(reply, text=text, status="failed" if self.fault else "complete", fault=self.fault)
        self.messages = [final if m.id == message_id else m for m in self.messages]
        yield Done(message=final)

    def stop(self, message_id: str) -> None:
        self.stopped.append(message_id)


class Models:
    def __init__(self) -> None:
        self.kept: list[Model] = []
        self.chosen: str | None = None
        self.downloads: list[Download] = []
        self.remote: dict[str, str | None] = {}
        self.cancelled = False
        self.said: dict[str, object] = {}

    def list(self) -> tuple[Model, ...]:
        return tuple(self.kept)

    def get(self, id: str) -> Model:
        return next(model for model in self.kept if model.id == id)

    def correct(self, id: str, **said: object) -> Model:
        self.said = said
        return replace(self.get(id), tools=False, corrected=("tools",))

    def default(self) -> Model:
        for model in self.kept:
            if model.id == self.chosen:
                return model
        raise ModelMissingError("No model has been set up.", remedy="Run `workbench models add demo`.")

    def set_default(self, id: str) -> Model:
        self.chosen = id
        return self.default()

    def add_demo(self) -> Download:
        self.kept.append(Model(id="local/demo", name="demo", provider="local", kind="local", demo=True))
        return self.demo()

    def demo(self) -> Download:
        return self.downloads.pop(0) if self.downloads else Download(model_id="local/demo", state="complete")

    def cancel_demo(self) -> Download:
        self.cancelled = True
        return Download(model_id="local/demo", state="cancelled", received_bytes=41_000_000)

    def add_file(self, path: object) -> Model:
        self.kept.append(Model(id=f"local/{path}", name=str(path), provider="local", kind="local"))
        return self.kept[-1]

    def add_remote(self, *, provider: str, name: str, kind: str | None, **rest: object) -> Model:
        self.remote = {"provider": provider, "name": name, "kind": kind, **rest}
        return Model(id=f"{provider}/{name}", name=name, provider=provider, kind=kind or "openai")

    def remove(self, id: str) -> None:
        self.kept = [model for model in self.kept if model.id != id]


class FakeBench(SimpleNamespace):
    """As much of `workbench.client.Workbench` as the command line uses."""

    def __init__(self) -> None:
        super().__init__(
            experiences=Experiences(),
            conversations=Conversations(),
            models=Models(),
            running=True,
            locked=False,
            passphrases=[],
        )

    def status(self) -> Status:
        return Status(
            version="0.1.0",
            pid=42,
            home="/home/ann/.local/share/workbench",
            socket="/run/user/1000/workbench/owner.sock",
            started_at=NOW,
            locked=self.locked,
            key_protection=KeyProtection(kind="file", explanation="Whoever can read the file can read the store."),
            rows={"experiences": 2, "messages": 1200},
            models=1,
            default_model="local/demo",
            memory_mb=105,
        )

    def stop(self) -> None:
        self.running = False

    def unlock(self, passphrase: str | None = None) -> Status:
        self.passphrases.append(passphrase)
        self.locked = False
        return self.status()

    def set_passphrase(self, passphrase: str) -> Status:
        self.passphrases.append(passphrase)
        return self.status()

    def remove_passphrase(self) -> Status:
        return self.status()

    def __enter__(self) -> "FakeBench":
        return self

    def __exit__(self, *_: object) -> None:
        pass


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeBench:
    made = FakeBench()

    def connect(*, start: bool = True, door: str) -> FakeBench:
        assert door == "cli"
        if not start and not made.running:
            raise OwnerUnreachableError("No Workbench is running for this home folder.")
        return made

    monkeypatch.setattr(workbench, "connect", connect, raising=False)
    return made


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `workbench …` in this process, as the entry point does."""

    def run(*arguments: str, stdin: str | None = None) -> Result:
        command = __import__("click").Command("run", callback=lambda: main(arguments))
        return CliRunner().invoke(command, [], input=stdin)

    return run
