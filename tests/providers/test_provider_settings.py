import os

import pytest

from tests.providers.test_gguf import gguf
from workbench.errors import (
    ConflictError,
    InvalidInputError,
    KeyMissingError,
    ModelMissingError,
    NameTakenError,
    NotFoundError,
    ProviderDisabledError,
)
from workbench.providers.records import Provider
from workbench.providers.servers import Providers
from workbench.providers.service import Models
from workbench.security import audit
from workbench.security.secrets import Secrets

URL = "https://api.example.com/v1"
KEY = "sk-live-needle-4Qv7wX91"
VALUE = "value-needle-8s2kPq"


@pytest.fixture
def secrets(database) -> Secrets:
    return Secrets(database, os.urandom(32), "a-home")


@pytest.fixture
def environment() -> dict[str, str]:
    return {}


@pytest.fixture
def changes() -> list[tuple[str, str, str]]:
    return []


@pytest.fixture
def providers(database, secrets, environment, changes) -> Providers:
    return Providers(database, secrets, lambda *change: changes.append(change), environment=environment)


@pytest.fixture
def models(database, providers, tmp_path) -> Models:
    return Models(database, providers, tmp_path / "models", lambda *_: None)


@pytest.fixture
def example(models, providers) -> str:
    """A provider with a key and two models."""
    providers.add("example", URL, KEY)
    models.add_remote("example", None, "one")
    models.add_remote("example", None, "two")
    return "example"


def kept(database) -> str:
    """All that is in the store, as text."""
    return repr([database.read(f"SELECT * FROM {table}") for table in database.tables()])


# Adding and removing


def test_a_provider_is_added_before_any_of_its_models(models, providers, changes):
    made = providers.add("Example", URL, KEY)
    assert made == Provider(name="example", kind="openai", base_url=URL, key_hint=KEY[-4:], revision=1)
    assert providers.list()[1:] == (made,)
    assert models.list() == ()
    assert models.endpoint(models.add_remote("example", None, "one")).api_key == KEY
    assert changes[0] == ("providers", "example", "add")


def test_one_that_everybody_knows_needs_its_name_only(providers):
    made = providers.add("anthropic")
    assert (made.base_url, made.kind, made.key_hint) == ("https://api.anthropic.com", "anthropic", None)


def test_adding_the_same_again_changes_nothing_and_another_of_that_name_is_refused(providers, secrets):
    first = providers.add("example", URL, KEY)
    assert providers.add("example", URL, KEY) == first
    for other in ((URL + "/v2", KEY), (URL, "sk-another-key-of-mine")):
        with pytest.raises(NameTakenError):
            providers.add("example", *other)
    assert secrets.get("provider/example") == KEY


def test_removing_a_provider_takes_its_models_its_key_and_its_headers_along(models, providers, secrets, tmp_path):
    providers.add("example", URL, KEY, changes={"headers": {"X-Team": VALUE}})
    models.add_remote("example", None, "one")
    file = tmp_path / "mine.gguf"
    file.write_bytes(gguf())
    models.add_file(file)
    providers.remove("example")
    assert [model.id for model in models.list()] == ["local/mine"]
    assert models.default().id == "local/mine"
    assert secrets.values() == ()
    with pytest.raises(NotFoundError):
        providers.remove("example")


def test_the_engine_on_this_machine_is_not_to_be_set_or_removed(providers):
    for change in (
        lambda: providers.update("local", {"enabled": False}),
        lambda: providers.remove("local"),
        lambda: providers.set_key("local", KEY),
        lambda: providers.add("local", URL),
    ):
        with pytest.raises(InvalidInputError, match="this machine"):
            change()


# Enabling


def test_of_a_disabled_provider_nothing_can_be_asked_and_everything_stays(models, providers, secrets, example):
    (model, _) = models.list()
    providers.update(example, {"enabled": False})
    for listed in models.list():
        assert not listed.available
        assert "workbench providers enable example" in listed.unavailable_reason
    for ask in (lambda: models.resolve(model.id), lambda: models.resolve(None), lambda: models.endpoint(model)):
        with pytest.raises(ProviderDisabledError) as raised:
            ask()
        assert "workbench providers enable example" in raised.value.remedy
    assert models.default().id == model.id
    assert secrets.get("provider/example") == KEY
    providers.update(example, {"enabled": True})
    assert models.resolve(None) == model
    assert models.endpoint(model).api_key == KEY


# Changing


def test_what_is_not_named_stays(providers, example):
    providers.update(example, {"proxy": "http://127.0.0.1:3128/", "connect_s": 5, "first_token_s": 60})
    providers.update(example, {"connect_s": None, "between_tokens_s": 20})
    changed = providers.list()[1]
    assert (changed.proxy, changed.connect_s, changed.first_token_s, changed.between_tokens_s) == (
        "http://127.0.0.1:3128", None, 60, 20,
    )  # fmt: skip
    assert (changed.enabled, changed.key_hint, changed.base_url) == (True, KEY[-4:], URL)


def test_settings_are_there_after_a_new_start(database, secrets, providers, example):
    providers.update(example, {"enabled": False, "proxy": "http://127.0.0.1:3128", "headers": {"X-B": "b", "X-A": "a"}})
    assert Providers(database, secrets, lambda *_: None).list() == providers.list()
    assert providers.list()[1].headers == ("x-a", "x-b")


def test_a_change_to_what_has_changed_since_is_refused_and_changes_nothing(providers, models, example):
    providers.update(example, {"headers": {"X-Team": "first"}}, revision=1)
    for changes in ({"enabled": False}, {"headers": {"X-Team": "second"}}):
        with pytest.raises(ConflictError):
            providers.update(example, changes, revision=1)
    assert models.endpoint(models.list()[0]).headers == {"x-team": "first"}
    assert providers.list()[1].revision == 2


def test_a_wrong_path_is_corrected_and_a_key_goes_to_no_other_server(providers, models, example):
    providers.update(example, {"base_url": "https://api.example.com/api/v1/"})
    assert models.endpoint(models.list()[0]).base_url == "https://api.example.com/api/v1"
    for elsewhere in ("https://evil.example/v1", "https://api.example.com:8443/v1"):
        with pytest.raises(InvalidInputError, match="no other server"):
            providers.update(example, {"base_url": elsewhere})
    providers.remove_key(example)
    assert providers.update(example, {"base_url": "https://elsewhere.example/v1"}).base_url
    providers.update(example, {"headers": {"X-Team": VALUE}})
    with pytest.raises(InvalidInputError, match="no other server"):
        providers.update(example, {"base_url": URL})


def test_the_format_can_be_corrected(providers, models, example):
    providers.update(example, {"kind": "anthropic"})
    assert models.list()[0].kind == "anthropic"
    endpoint = models.endpoint(models.list()[0])
    assert endpoint.url("one") == "https://api.example.com/v1/messages"


# Headers


def test_headers_are_sent_and_their_values_are_shown_to_nobody(providers, models, database, example):
    changed = providers.update(example, {"headers": {"X-Team": f"  {VALUE}\n", "x-trace": "on"}})
    assert changed.headers == ("x-team", "x-trace")
    endpoint = models.endpoint(models.list()[0])
    assert endpoint.headers == {"x-team": VALUE, "x-trace": "on"}
    assert VALUE not in kept(database) + repr((providers.list(), models.list(), endpoint))
    assert providers.update(example, {"headers": {"X-Trace": None}}).headers == ("x-team",)
    assert models.endpoint(models.list()[0]).headers == {"x-team": VALUE}


@pytest.mark.parametrize(
    "name",
    [
        "Authorization", "x-api-key", "X-Goog-Api-Key", "Proxy-Authorization", "Host", "Connection", "TE", "Upgrade",
        "Transfer-Encoding", "Content-Length", "Content-Type", "Accept-Encoding", "anthropic-version", "Expect",
        "", "X Team", "X-Team:", "X-T\r\nEvil", "X-Team\r\n", "Ü-Team", "x" * 101, "a,b",
    ],
)  # fmt: skip
def test_a_header_that_is_not_the_persons_to_send_is_refused(providers, example, name):
    with pytest.raises(InvalidInputError) as raised:
        providers.update(example, {"headers": {name: VALUE}})
    assert VALUE not in str(raised.value)
    assert raised.value.remedy
    assert providers.list()[1].headers == ()


@pytest.mark.parametrize(
    "value", ["", "  ", f"{VALUE}\r\nX-Evil: 1", f"{VALUE}\n", f"{VALUE}é", f"{VALUE}\0x", "v" * 5000]
)
def test_a_value_that_no_header_can_have_is_refused_and_not_repeated(providers, secrets, example, value):
    if value == f"{VALUE}\n":  # what copying added
        assert providers.update(example, {"headers": {"X-Team": value}}).headers == ("x-team",)
        return
    with pytest.raises(InvalidInputError) as raised:
        providers.update(example, {"headers": {"X-Fine": "fine", "X-Team": value}})
    assert VALUE not in str(raised.value)
    assert "x-team" in str(raised.value)
    assert secrets.values() == (KEY,)


def test_there_is_an_end_to_headers(providers, secrets, example):
    with pytest.raises(InvalidInputError, match="20 headers"):
        providers.update(example, {"headers": {f"X-{number}": "v" for number in range(21)}})
    assert secrets.values() == (KEY,)


# Proxies and time limits


@pytest.mark.parametrize(
    "proxy",
    [
        "socks5://127.0.0.1:1080", "proxy.example.com:3128", "https://", "http://proxy:x", "http://proxy:99999",
        "https://me:needle@proxy.example.com", "https://needle@proxy.example.com", "https://proxy.example.com/path",
        "https://proxy.example.com?a=b", "https://pro xy.example.com", "https://proxy.example.com\r\nX: y",
        "http://proxy.example.com:0",
    ],
)  # fmt: skip
def test_a_proxy_that_cannot_be_one_is_refused(providers, example, proxy):
    with pytest.raises(InvalidInputError) as raised:
        providers.update(example, {"proxy": proxy})
    assert "needle" not in str(raised.value)
    assert providers.list()[1].proxy is None


@pytest.mark.parametrize("url", ["http://127.0.0.1:11434/v1", "http://localhost:11434/v1", "http://[::1]:11434/v1"])
def test_what_is_on_this_machine_is_not_asked_through_a_proxy(providers, url):
    with pytest.raises(InvalidInputError, match="on this machine"):
        providers.add("mine", url, changes={"proxy": "https://proxy.example.com"})
    providers.add("mine", url)
    with pytest.raises(InvalidInputError, match="on this machine"):
        providers.update("mine", {"proxy": "https://proxy.example.com"})


def test_plain_http_through_a_strangers_proxy_is_refused(providers):
    providers.add("near", "http://192.168.1.20:8000/v1")
    with pytest.raises(InvalidInputError, match="could be read"):
        providers.update("near", {"proxy": "http://proxy.example.com:3128"})
    providers.update("near", {"proxy": "http://192.168.1.1:3128"})


@pytest.mark.parametrize(
    "limit",
    [{"connect_s": 0.5}, {"connect_s": 121}, {"first_token_s": 0}, {"first_token_s": 3601}, {"between_tokens_s": -1},
     {"between_tokens_s": float("nan")}, {"first_token_s": float("inf")}],
)  # fmt: skip
def test_a_time_limit_that_makes_no_sense_is_refused(providers, example, limit):
    with pytest.raises(InvalidInputError, match="between 1 and"):
        providers.update(example, limit)


# Keys


def test_a_key_is_replaced_and_forgotten_while_the_models_stay(providers, models, secrets, example):
    model = models.list()[0]
    assert providers.set_key(example, "  sk-another-key-of-mine\n").key_hint == "mine"
    assert models.endpoint(model).api_key == "sk-another-key-of-mine"
    assert providers.remove_key(example).key_hint is None
    assert models.endpoint(model).api_key is None
    assert secrets.values() == ()
    assert len(models.list()) == 2


@pytest.mark.parametrize(
    "key", ["", " \n", "sk-nee dle", "sk-nee\ndle", "Bearer needle", "sk-needle\N{NO-BREAK SPACE}x"]
)
def test_what_cannot_be_a_key_is_refused_and_not_repeated(providers, models, example, key):
    with pytest.raises(InvalidInputError) as raised:
        providers.set_key(example, key)
    assert "needle" not in str(raised.value)
    assert models.endpoint(models.list()[0]).api_key == KEY


def test_a_key_of_another_maker_replaces_nothing(providers, secrets):
    providers.add("openai", None, "sk-proj-mine-0123456789")
    with pytest.raises(InvalidInputError, match="anthropic"):
        providers.set_key("openai", "sk-ant-needle")
    assert secrets.get("provider/openai") == "sk-proj-mine-0123456789"


def test_a_key_is_read_from_a_variable_each_time_and_never_kept(
    providers, models, database, secrets, environment, example
):
    model = models.list()[0]
    changed = providers.borrow_key(example, "MY_KEY")
    assert (changed.key_env, changed.key_hint) == ("MY_KEY", None)
    assert secrets.values() == ()
    with pytest.raises(KeyMissingError) as raised:
        models.endpoint(model)
    assert "'MY_KEY'" in raised.value.message
    assert "workbench keys set example" in raised.value.remedy
    for value in ("env-needle-1", " env-needle-2\n"):
        environment["MY_KEY"] = value
        assert models.endpoint(model).api_key == value.strip()
        assert providers.borrowed_keys() == (value.strip(),)
    assert "env-needle" not in kept(database) + repr((providers.list(), models.list(), models.endpoint(model)))
    assert providers.set_key(example, KEY).key_env is None
    assert models.endpoint(model).api_key == KEY
    assert providers.borrowed_keys() == ()


def test_a_variable_with_another_makers_key_sends_it_to_nobody(providers, models, environment):
    providers.add("openai", key_env="MY_KEY")
    model = models.add_remote("openai", None, "one")
    environment["MY_KEY"] = "sk-ant-needle"
    with pytest.raises(InvalidInputError, match="anthropic") as raised:
        models.endpoint(model)
    assert "needle" not in str(raised.value)


@pytest.mark.parametrize("variable", ["", "1KEY", "MY-KEY", "sk-live-needle", "A=B", "a" * 101])
def test_what_cannot_be_a_variable_is_refused_and_not_repeated(providers, secrets, example, variable):
    with pytest.raises(InvalidInputError) as raised:
        providers.borrow_key(example, variable)
    assert "needle" not in str(raised.value)
    assert secrets.get("provider/example") == KEY


def test_a_key_or_a_variable_is_given_and_not_both(providers):
    with pytest.raises(InvalidInputError, match="Both"):
        providers.add("example", URL, KEY, key_env="MY_KEY")


# The default


def test_a_provider_as_the_default_means_its_first_usable_model(providers, models, example):
    models.add_remote("other", "https://other.example/v1", "a")
    models.add_remote("other", None, "b")
    assert models.set_default_provider("other").id == "other/a"
    assert models.default().id == "other/a"
    models.set_default("other/b")
    assert models.set_default_provider("other").id == "other/b"
    assert models.set_default_provider(example).id == "example/one"


def test_a_provider_without_usable_models_is_no_default(providers, models, example):
    providers.add("empty", "https://other.example/v1")
    providers.update(example, {"enabled": False})
    before = models.default().id
    with pytest.raises(ModelMissingError, match="'empty'"):
        models.set_default_provider("empty")
    with pytest.raises(ProviderDisabledError):
        models.set_default_provider(example)
    with pytest.raises(ModelMissingError, match="'local'"):
        models.set_default_provider("local")
    with pytest.raises(NotFoundError):
        models.set_default_provider("nobody")
    assert models.default().id == before


# The log


def test_every_change_is_in_the_audit_log_and_no_secret(providers, database, example):
    providers.update(example, {"headers": {"X-Team": VALUE}, "enabled": False})
    providers.borrow_key(example, "MY_KEY")
    providers.set_key(example, KEY)
    providers.remove_key(example)
    providers.remove(example)
    actions = [row[0] for row in database.read("SELECT action FROM audit ORDER BY number")]
    assert [action for action in actions if action.startswith("providers.")] == [
        "providers.add",
        "providers.update",
        "providers.borrow_key",
        "providers.set_key",
        "providers.remove_key",
        "providers.remove",
    ]
    log = repr(database.read("SELECT * FROM audit"))
    assert VALUE not in log
    assert KEY not in log
    assert audit.verify(database) is None
