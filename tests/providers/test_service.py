import os
from decimal import Decimal
from pathlib import Path

import pytest

from tests.providers.test_gguf import PAIRS, gguf
from workbench.errors import (
    InvalidInputError,
    ModelFileError,
    ModelMissingError,
    NameTakenError,
    NotFoundError,
)
from workbench.providers import facts
from workbench.providers.records import Listed, Listing, Model, Provider
from workbench.providers.servers import Providers
from workbench.providers.service import Models
from workbench.security import audit
from workbench.security.secrets import Secrets
from workbench.storage.database import Database

URL = "https://api.example.com/v1"
KEY = "sk-live-needle-4Qv7wX91"


@pytest.fixture
def secrets(database: Database, monkeypatch) -> Secrets:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    return Secrets(database, os.urandom(32), "a-home")


@pytest.fixture
def changes() -> list[tuple[str, str, str]]:
    return []


@pytest.fixture
def providers(database, secrets) -> Providers:
    return Providers(database, secrets, lambda *_: None)


@pytest.fixture
def models(database, providers, tmp_path, changes) -> Models:
    return Models(database, providers, tmp_path / "models", lambda *change: changes.append(change))


@pytest.fixture
def gguf_file(tmp_path) -> Path:
    path = tmp_path / "My Llama (Q4).gguf"
    path.write_bytes(gguf())
    return path


def listing(provider: str, *limits: Listed) -> Listing:
    return Listing(provider=provider, models=("gpt-4o", "mine"), limits=limits)


def test_the_limits_of_a_providers_own_list_are_kept_and_stand_before_what_is_known(models, providers):
    providers.add("openai")
    known, mine = models.add_listed(
        listing("openai", Listed(model="gpt-4o", context_tokens=64_000), Listed(model="mine", max_output_tokens=900)),
        ["gpt-4o", "mine", "mine"],
    )
    assert (known.context_tokens, known.max_output_tokens) == (64_000, 16_384)
    assert (mine.context_tokens, mine.max_output_tokens, mine.corrected) == (None, 900, ())
    assert models.list() == (known, mine)
    assert models.correct(known.id, {"context_tokens": 32_000}).context_tokens == 32_000
    assert models.correct(known.id, {"context_tokens": None}) == known
    assert models.add_remote("openai", None, "gpt-4o") == known  # added again by its name
    assert models.add_listed(listing("openai", Listed(model="gpt-4o", context_tokens=70_000)), ["gpt-4o"])[
        0
    ].context_tokens == 70_000  # fmt: skip


def test_limits_that_another_address_gave_are_forgotten(models, providers):
    providers.add("mine", URL)
    (model,) = models.add_listed(listing("mine", Listed(model="mine", context_tokens=9_000)), ["mine"])
    providers.update("mine", {"connect_s": 5})
    assert models.get(model.id).context_tokens == 9_000
    providers.update("mine", {"base_url": "https://other.example.com/v1"})
    assert models.get(model.id).context_tokens is None


def test_of_models_that_the_list_does_not_have_none_is_added(models, providers):
    providers.add("mine", URL)
    with pytest.raises(InvalidInputError, match="has no model 'gone'") as raised:
        models.add_listed(listing("mine"), ["mine", "gone"])
    assert "workbench providers models mine" in raised.value.remedy
    assert models.list() == ()


def test_with_no_model_the_remedy_names_the_demo_model(models):
    assert models.list() == ()
    for ask in (models.default, lambda: models.resolve(None)):
        with pytest.raises(ModelMissingError) as raised:
            ask()
        assert "workbench models add demo" in raised.value.remedy


def test_a_file_is_added_where_it_lies(models, gguf_file, changes):
    model = models.add_file(gguf_file)
    assert model == Model(
        id="local/my-llama-q4",
        name="my-llama-q4",
        provider="local",
        kind="local",
        context_tokens=2048,
        size_bytes=gguf_file.stat().st_size,
        sees=False,
        pdf=False,
        temperature=True,
        input_usd_per_million=Decimal(0),
        cached_usd_per_million=Decimal(0),
        output_usd_per_million=Decimal(0),
    )
    assert models.list() == (model,)
    assert models.file(model).path == gguf_file
    assert changes == [("models", "local/my-llama-q4", "add")]


def test_adding_a_file_again_changes_nothing(models, gguf_file):
    assert models.add_file(gguf_file) == models.add_file(str(gguf_file))
    assert len(models.list()) == 1


def test_another_file_of_the_same_name_is_refused(models, gguf_file, tmp_path):
    models.add_file(gguf_file)
    other = tmp_path / "elsewhere" / gguf_file.name
    other.parent.mkdir()
    other.write_bytes(gguf())
    with pytest.raises(NameTakenError):
        models.add_file(other)
    gguf_file.unlink()
    assert models.file(models.add_file(other)).path == other


def test_a_file_that_cannot_chat_is_refused(models, gguf_file):
    gguf_file.write_bytes(gguf(pairs=PAIRS[:7]))
    with pytest.raises(ModelFileError, match="chat template"):
        models.add_file(gguf_file)


@pytest.mark.parametrize("path", ["/no/such/file.gguf", "/"])
def test_a_file_that_is_not_there_is_refused(models, path):
    with pytest.raises(ModelFileError):
        models.add_file(path)


def test_a_path_that_depends_on_where_one_stands_is_refused(models):
    with pytest.raises(InvalidInputError):
        models.add_file("model.gguf")


def test_a_file_that_went_away_is_listed_and_says_so(models, gguf_file):
    model = models.add_file(gguf_file)
    gguf_file.unlink()
    (listed,) = models.list()
    assert not listed.available
    assert str(gguf_file) in listed.unavailable_reason
    with pytest.raises(ModelMissingError) as raised:
        models.resolve(model.id)
    assert raised.value.remedy


def test_a_remote_model_is_added_with_its_key_out_of_sight(models, providers, database):
    model = models.add_remote("Example", URL, "gpt-4o", KEY)
    assert (model.id, model.kind, model.context_tokens) == ("example/gpt-4o", "openai", 128_000)
    assert providers.list() == (
        Provider(name="local", kind="local"),
        Provider(name="example", kind="openai", base_url=URL, key_hint=KEY[-4:], revision=1),
    )
    endpoint = models.endpoint(model)
    assert (endpoint.base_url, endpoint.api_key) == (URL, KEY)
    for table in database.tables():
        assert KEY.encode() not in repr(database.read(f"SELECT * FROM {table}")).encode()
    assert KEY not in repr((models.list(), providers.list(), endpoint))


def test_what_is_known_of_a_model_comes_with_it(models):
    known = models.add_remote("openai", None, "gpt-4o", KEY)
    assert (known.max_output_tokens, known.tools, known.reasoning) == (16_384, True, None)
    assert (known.input_usd_per_million, known.output_usd_per_million) == (Decimal("2.5"), Decimal(10))
    assert (known.priced_by, known.priced_on) == (f"litellm {facts.MAP_OF[0]}", facts.MAP_OF[1])
    assert models.get(known.id) == known
    unknown = models.add_remote("example", "http://127.0.0.1:9/v1", "gpt-4o")
    assert (unknown.tools, unknown.input_usd_per_million, unknown.priced_by) == (None, None, "")
    assert unknown.priced_on is None
    with pytest.raises(ModelMissingError):
        models.get("openai/gone")


@pytest.mark.parametrize(
    ("provider", "name", "base_url", "kind", "context_tokens"),
    [
        ("openai", "gpt-4o", "https://api.openai.com/v1", "openai", 128_000),
        ("anthropic", "claude-sonnet-4-5", "https://api.anthropic.com", "anthropic", 200_000),
        ("gemini", "gemini-2.5-flash", "https://generativelanguage.googleapis.com/v1beta", "gemini", 1_048_576),
    ],
)
def test_a_provider_that_everybody_knows_needs_no_address(models, provider, name, base_url, kind, context_tokens):
    model = models.add_remote(provider, None, name)
    assert (model.kind, model.context_tokens, model.sees) == (kind, context_tokens, True)
    assert models.resolve(model.id) == model
    endpoint = models.endpoint(model)
    assert (endpoint.base_url, endpoint.wire) == (base_url, kind)


def test_a_provider_that_nobody_knows_needs_an_address_once(models):
    with pytest.raises(InvalidInputError) as raised:
        models.add_remote("example", None, "one")
    assert "workbench providers known" in raised.value.remedy
    models.add_remote("example", URL, "one", KEY)
    assert models.endpoint(models.add_remote("example", None, "two")).base_url == URL


def test_what_a_server_speaks_can_be_said_and_holds_for_all_its_models(models, providers):
    first = models.add_remote("mine", "http://127.0.0.1:9/v1/messages", "one", wire="anthropic")
    assert (first.kind, models.endpoint(first).base_url) == ("anthropic", "http://127.0.0.1:9")
    assert models.add_remote("mine", None, "two").kind == "anthropic"
    with pytest.raises(NameTakenError):
        models.add_remote("mine", None, "three", wire="gemini")
    assert {model.kind for model in models.list()} == {"anthropic"}
    assert providers.list()[1].kind == "anthropic"
    providers.remove("mine")
    assert models.add_remote("mine", "http://127.0.0.1:9/v1", "one").kind == "openai"


@pytest.mark.parametrize(
    ("provider", "key"), [("openai", "sk-ant-needle"), ("anthropic", "sk-proj-needle"), ("gemini", "gsk_needle")]
)
def test_a_key_of_another_maker_is_sent_to_nobody(models, provider, key):
    with pytest.raises(InvalidInputError) as raised:
        models.add_remote(provider, None, "one", key)
    assert "needle" not in f"{raised.value}{raised.value.remedy}"
    assert models.list() == ()


def test_a_key_is_taken_by_whoever_it_may_belong_to(models):
    assert models.endpoint(models.add_remote("openai", None, "one", "sk-plain")).api_key == "sk-plain"
    models.add_remote("mine", "https://gateway.example.com/v1", "one", "sk-ant-through-a-gateway")
    models.add_remote("anthropic", None, "one", "sk-ant-needle")


def test_whether_a_model_sees_is_what_was_said_last_else_what_is_known(models):
    assert models.add_remote("example", URL, "gpt-4o").sees is True
    assert models.add_remote("example", URL, "unheard-of").sees is None
    assert models.add_remote("example", URL, "unheard-of", sees=True).sees is True
    assert models.add_remote("example", URL, "unheard-of").sees is True
    assert models.add_remote("example", URL, "gpt-4o", sees=False).sees is False
    assert [(model.name, model.sees) for model in models.list()] == [("gpt-4o", False), ("unheard-of", True)]


def test_a_local_model_does_not_see(models, gguf_file):
    assert models.add_file(gguf_file).sees is False


def test_a_second_model_of_a_provider_uses_its_key(models):
    models.add_remote("example", URL, "one", KEY)
    second = models.add_remote("example", URL + "/", "two")
    assert models.endpoint(second).api_key == KEY
    models.add_remote("example", URL, "two", "sk-another-key-of-mine")
    assert models.endpoint(second).api_key == "sk-another-key-of-mine"
    assert [model.id for model in models.list()] == ["example/one", "example/two"]


def test_a_key_never_goes_to_another_address_than_it_was_given_for(models):
    models.add_remote("example", URL, "one", KEY)
    with pytest.raises(NameTakenError):
        models.add_remote("example", "https://evil.example/v1", "two")
    assert [model.id for model in models.list()] == ["example/one"]


def test_a_provider_that_comes_back_without_a_key_does_not_get_the_old_one(models, providers):
    models.add_remote("example", URL, "one", KEY)
    providers.remove("example")
    again = models.add_remote("example", "https://evil.example/v1", "one")
    assert models.endpoint(again).api_key is None


def test_removing_the_last_model_of_a_provider_leaves_the_provider_and_its_key(models, providers, secrets):
    models.add_remote("example", URL, "one", KEY)
    models.remove("example/one")
    assert secrets.get("provider/example") == KEY
    assert [each.name for each in providers.list()] == ["local", "example"]
    assert models.endpoint(models.add_remote("example", None, "two")).api_key == KEY


def test_the_first_model_is_the_default_and_a_later_one_does_not_take_its_place(models, gguf_file, changes):
    models.add_remote("example", URL, "one")
    models.add_file(gguf_file)
    assert models.default().id == "example/one"
    assert models.set_default("local/my-llama-q4").id == "local/my-llama-q4"
    assert models.default().id == models.resolve(None).id == "local/my-llama-q4"
    assert changes[-1] == ("models", "local/my-llama-q4", "default")


def test_when_the_default_is_removed_another_takes_its_place(models, gguf_file):
    models.add_remote("example", URL, "one")
    models.add_file(gguf_file)
    models.remove("example/one")
    assert models.default().id == "local/my-llama-q4"
    models.remove("local/my-llama-q4")
    with pytest.raises(ModelMissingError):
        models.default()
    assert gguf_file.exists()


def test_a_model_that_is_not_there_is_named(models):
    for ask in (models.set_default, models.resolve):
        with pytest.raises(ModelMissingError, match="nobody/nothing"):
            ask("nobody/nothing")
    with pytest.raises(NotFoundError, match="nobody/nothing"):
        models.remove("nobody/nothing")


def test_every_change_is_in_the_audit_log(models, database, gguf_file):
    models.add_file(gguf_file)
    models.add_remote("example", URL, "one", KEY)
    models.set_default("example/one")
    models.remove("example/one")
    actions = [row[0] for row in database.read("SELECT action FROM audit ORDER BY number")]
    assert [action for action in actions if action.startswith("models.")] == [
        "models.add",
        "models.add",
        "models.choose",
        "models.remove",
    ]
    assert audit.verify(database) is None
