"""Everything the owner runs, built once.

The owner starts even if the store cannot be opened (locked, keyring gone, disk full): it then answers every request
with the reason, and opens the store as soon as that is possible.
"""

import asyncio
import contextlib
import logging
import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from workbench import events
from workbench.agents import schema as agents_schema
from workbench.agents.processes import Families
from workbench.agents.service import Agents
from workbench.agents.thinking import Thinking
from workbench.chat.estimates import Estimates
from workbench.chat.previews import Previews
from workbench.chat.private import find_private
from workbench.chat.replies import Replies
from workbench.chat.service import Chat
from workbench.chat.shaping import Shaping
from workbench.clock import utc_now
from workbench.config import Settings, private_folder
from workbench.conversations import schema as conversations_schema
from workbench.conversations.branches import Branches
from workbench.conversations.drafts import Drafts
from workbench.conversations.service import Conversations
from workbench.errors import InvalidInputError, KeyLostError, LockedError, WorkbenchError, WrongPassphraseError
from workbench.experiences import schema as experiences_schema
from workbench.experiences.service import Experiences
from workbench.insights import schema as insights_schema
from workbench.insights.advice import Advice
from workbench.insights.alerts import Alerts
from workbench.insights.budgets import Budgets
from workbench.insights.measured import Measurements
from workbench.insights.purse import Purse
from workbench.insights.service import Insights
from workbench.insights.shapes import Shapes
from workbench.jobs import schema as jobs_schema
from workbench.jobs.service import DUE, Schedules
from workbench.personalities import schema as personalities_schema
from workbench.personalities.service import Personalities
from workbench.prompts import schema as prompts_schema
from workbench.prompts.service import Prompts
from workbench.providers import schema as providers_schema
from workbench.providers.asides import Asides
from workbench.providers.fallback import Asker
from workbench.providers.gateway import Gateway
from workbench.providers.ledger import Ledger
from workbench.providers.local import LocalEngine
from workbench.providers.servers import Providers
from workbench.providers.service import Models
from workbench.rules import schema as rules_schema
from workbench.rules.guard import Guard
from workbench.rules.service import Rules
from workbench.security import audit, secrets
from workbench.security.access import Grants
from workbench.security.secrets import Secrets
from workbench.security.vault import Keys, Protection, Vault, seal, unseal
from workbench.storage import blobs as blobs_storage
from workbench.storage import database as store
from workbench.storage.blobs import Blobs
from workbench.storage.database import Database
from workbench.storage.migrations import Migration
from workbench.storage.register import Table
from workbench.trials import schema as trials_schema
from workbench.trials.service import Trials

TRY_AGAIN_S = 2.0
"""How soon a store that could not be opened is tried again for a request."""
STAYS_FOR = timedelta(days=1)
"""The owner does not leave while a schedule is due within this time; what is due later is caught up when it starts."""
_AGENTS_AGAIN_S = 5.0

MIGRATIONS: tuple[Migration, ...] = (
    *store.MIGRATIONS,
    *blobs_storage.MIGRATIONS,
    *audit.MIGRATIONS,
    *secrets.MIGRATIONS,
    *providers_schema.MIGRATIONS,
    *experiences_schema.MIGRATIONS,
    *conversations_schema.MIGRATIONS,
    *personalities_schema.MIGRATIONS,
    *prompts_schema.MIGRATIONS,
    *jobs_schema.MIGRATIONS,
    *agents_schema.MIGRATIONS,
    *insights_schema.MIGRATIONS,
    *trials_schema.MIGRATIONS,
    *rules_schema.MIGRATIONS,
)
TABLES: tuple[Table, ...] = (
    *store.TABLES,
    *blobs_storage.TABLES,
    *audit.TABLES,
    *secrets.TABLES,
    *providers_schema.TABLES,
    *experiences_schema.TABLES,
    *conversations_schema.TABLES,
    *personalities_schema.TABLES,
    *prompts_schema.TABLES,
    *jobs_schema.TABLES,
    *agents_schema.TABLES,
    *insights_schema.TABLES,
    *trials_schema.TABLES,
    *rules_schema.TABLES,
)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What works on an open store."""

    keys: Keys
    database: Database
    experiences: Experiences
    conversations: Conversations
    personalities: Personalities
    shaping: Shaping
    previews: Previews
    prompts: Prompts
    branches: Branches
    drafts: Drafts
    providers: Providers
    models: Models
    gateway: Gateway
    ledger: Ledger
    replies: Replies
    chat: Chat
    estimates: Estimates
    insights: Insights
    measurements: Measurements
    advice: Advice
    shapes: Shapes
    alerts: Alerts
    budgets: Budgets
    rules: Rules
    schedules: Schedules
    agents: Agents
    thinking: Thinking
    trials: Trials


class App:
    """The owner's services, and whether the store is open."""

    def __init__(self, settings: Settings, group: asyncio.TaskGroup) -> None:
        """`group` is where replies run; it is left only after `leave`."""
        self.settings = settings
        self.changes = events.Changes()
        self.leaving = asyncio.Event()
        self.problem: WorkbenchError | None = None
        self.grants = Grants()
        self.families = Families()
        self._vault = Vault(settings.key_file)
        self._group = group
        self._services: Services | None = None
        self._opening = threading.Lock()
        self._tried = 0.0

    @property
    def is_open(self) -> bool:
        """Whether the store is open."""
        return self._services is not None

    def protection(self) -> Protection | None:
        """Where the master key is kept; None where there are no keys that can be read."""
        try:
            return self._vault.protection()
        except WorkbenchError:
            return None

    def services(self) -> Services:
        """What works on the open store.

        Raises the reason where it is not open: LockedError, KeyringUnavailableError, StoreError and others.
        """
        if self._services is None:
            self.open()
        if self._services is None:
            raise self.problem or LockedError("Your Workbench is locked.", remedy="Run `workbench unlock`.")
        return self._services

    def open(self, passphrase: str | None = None) -> None:
        """Open the store, if it is not open; a failure is remembered as `problem`.

        A request that comes soon after a failure is spared another attempt, unless it brings a passphrase. Raises
        WrongPassphraseError.
        """
        with self._opening:
            recently = time.monotonic() - self._tried < TRY_AGAIN_S
            if self._services is not None or (passphrase is None and self.problem is not None and recently):
                return
            self._tried = time.monotonic()
            try:
                self._services = self._build(passphrase)
            except WrongPassphraseError:
                raise  # for the one who gave it; the store is as locked as it was
            except WorkbenchError as error:
                self.problem = error
            else:
                self.problem = None
                self.changes.publish("owner", self._vault.home_id(), "open")

    def unlock(self, passphrase: str | None) -> None:
        """Open the store. Raises WrongPassphraseError and whatever else keeps it from opening."""
        self._tried = 0.0
        self.open(passphrase)
        if self.problem is not None:
            raise self.problem

    def set_passphrase(self, passphrase: str) -> None:
        """Wrap the master key by a passphrase from now on; no data is rewritten."""
        self._vault.set_passphrase(self.services().keys, passphrase)
        self._audit("vault.set_passphrase")

    def remove_passphrase(self) -> None:
        """Keep the master key in the keyring again, or in a file where there is none."""
        if self.protection() != "passphrase":
            raise InvalidInputError("There is no passphrase to remove.", remedy="Nothing needs to be done.")
        self._vault.remove_passphrase(self.services().keys)
        self._audit("vault.remove_passphrase")

    async def keep_warm(self) -> None:
        """Load what remote models need before the first question is asked, once there is a remote model."""
        with self.changes.listen() as changing:
            while (gateway := await asyncio.to_thread(self._gateway_of_remote_models)) is None:
                while (await changing.get()).noun not in ("models", "owner"):
                    pass
        try:
            await gateway.warm()
        except Exception:
            log.exception("What remote models need could not be loaded ahead of time.")

    async def keep_agents(self) -> None:
        """Run the agents that are asked for or due, one after another, until the owner leaves."""
        leaving = asyncio.create_task(self.leaving.wait())
        with self.changes.listen() as changing:
            while self._services is None and not leaving.done():
                await _next(changing, leaving)
            if self._services is None:
                return
            services = self._services
            clock = asyncio.ensure_future(services.schedules.keep(services.agents.begin_due))
            try:
                while not leaving.done():
                    if not await self._run_next(services.agents):
                        await _next_run(changing, leaving)
            finally:
                clock.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await clock

    async def _run_next(self, agents: Agents) -> bool:
        """Whether a run was waiting; it has ended by now. One that cannot be looked for now is looked for later."""
        try:
            return await asyncio.to_thread(agents.work)
        except WorkbenchError as error:
            log.error("Agents could not be run: %s", error.code)  # noqa: TRY400  (the code says it all)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.leaving.wait(), _AGENTS_AGAIN_S)
            return True

    def is_needed(self) -> bool:
        """Whether an agent or a trial runs, or an agent is due soon enough to wait for."""
        services = self._services
        if services is None:
            return False
        upcoming = services.schedules.next_due()
        is_busy = services.agents.is_busy() or services.trials.is_busy()
        return is_busy or (upcoming is not None and upcoming - utc_now() < STAYS_FOR)

    def leave(self) -> None:
        """Begin to end: streams are told, running replies, agents and trials are interrupted and saved."""
        self.leaving.set()
        if self._services is not None:
            self._services.replies.leave()
            self._services.previews.leave()
            self._services.agents.leave()
            self._services.trials.leave()

    async def close(self) -> None:
        """End: everything that was acknowledged is in the one file."""
        if self._services is not None:
            services, self._services = self._services, None
            await services.gateway.close()
            await asyncio.to_thread(services.models.close)
            await asyncio.to_thread(services.agents.clear)
            await asyncio.to_thread(services.database.close)

    def _gateway_of_remote_models(self) -> Gateway | None:
        """The gateway, once a remote model can be asked; None also while the store cannot be read."""
        services = self._services
        try:
            return services.gateway if services and any(m.kind != "local" for m in services.models.list()) else None
        except WorkbenchError:
            return None

    def _build(self, passphrase: str | None) -> Services:
        settings = self.settings
        private_folder(settings.home)
        private_folder(settings.store)
        keys = self._keys(passphrase)
        database = Database(
            settings.database,
            key=keys.database,
            spill=settings.store / "spill",
            memory_limit_mb=settings.memory_limit_mb,
            threads=settings.threads,
        )
        try:
            return self._assemble(keys, database)
        except BaseException:
            database.close()
            raise

    def _assemble(self, keys: Keys, database: Database) -> Services:
        steps = database.migrate(MIGRATIONS)
        if steps:
            log.info("The store was brought to the present form in %d steps.", steps)
        database.write(store.forget_old_requests)
        experiences = Experiences(database, self.changes)
        conversations = Conversations(database, self.changes)
        interrupted = conversations.recover()
        if interrupted:
            log.warning("%d replies were interrupted when the last owner ended.", interrupted)
        kept = Secrets(database, keys.master, self._vault.home_id())
        kept.tidy()
        home_id = self._vault.home_id()
        blobs = Blobs(
            database,
            self.settings.store / "blobs",
            wrap=lambda key, experience_id: seal(keys.master, key, f"blobs {home_id} {experience_id}"),
            unwrap=lambda wrapped, experience_id: unseal(keys.master, wrapped, f"blobs {home_id} {experience_id}"),
        )
        blobs.sweep()
        providers = Providers(database, kept, self.changes.publish)
        agents = Agents(
            self.settings,
            database,
            keys=keys,
            secrets=kept,
            providers=providers,
            blobs=blobs,
            experiences=experiences,
            grants=self.grants,
            families=self.families,
            changes=self.changes,
        )
        stopped = agents.recover()
        if stopped:
            log.warning("%d runs of agents were interrupted when the last owner ended.", stopped)
        models = Models(database, providers, self.settings.models, self.changes.publish)
        gateway = Gateway(models, LocalEngine())
        budgets = Budgets(
            database,
            experience=lambda id: experiences.get(id).name,
            provider=providers.named,
            on_change=self.changes.publish,
        )
        personalities = Personalities(database, self.changes)
        prompts = Prompts(database, self.changes, find_private=find_private)
        rules = Rules(
            database,
            experience=experiences.get,
            experience_of=lambda id: conversations.get(id).experience_id,
            put_back=conversations.put_back,
            on_change=self.changes.publish,
        )
        shaping = Shaping(personalities, prompts, rules)
        estimates = Estimates(
            experiences=experiences,
            conversations=conversations,
            models=models,
            shaping=shaping,
            budgets=budgets.said,
        )
        purse = Purse(database, budgets, estimate=estimates.of_request)
        ledger = Ledger(gateway, database, purse)
        asker = Asker(gateway, guard=Guard(rules))
        replies = Replies(asker, conversations, self._group)
        asides = Asides(asker, database, purse)
        trials = Trials(
            database,
            experiences=experiences,
            personalities=personalities,
            prompts=prompts,
            rules=rules,
            conversations=conversations,
            models=models,
            asides=asides,
            estimates=estimates,
            changes=self.changes,
            group=self._group,
        )
        paused = trials.recover()
        if paused:
            log.warning("%d trials were paused when the last owner ended.", paused)
        measurements = Measurements(database)
        return Services(
            keys=keys,
            database=database,
            experiences=experiences,
            conversations=conversations,
            personalities=personalities,
            shaping=shaping,
            previews=Previews(asker, database, self._group, experiences=experiences, models=models, purse=purse),
            prompts=prompts,
            branches=Branches(database, self.changes),
            drafts=Drafts(database),
            providers=providers,
            models=models,
            gateway=gateway,
            ledger=ledger,
            replies=replies,
            chat=Chat(
                experiences=experiences,
                conversations=conversations,
                models=models,
                replies=replies,
                purse=purse,
                shaping=shaping,
                rules=rules,
            ),
            estimates=estimates,
            insights=Insights(database),
            measurements=measurements,
            shapes=Shapes(database),
            advice=Advice(
                models=models, experiences=experiences, conversations=conversations, measurements=measurements
            ),
            alerts=Alerts(database, known=models.get, budgets=budgets, on_change=self.changes.publish),
            budgets=budgets,
            rules=rules,
            schedules=Schedules(database, self.changes),
            agents=agents,
            thinking=Thinking(
                database,
                experiences=experiences,
                conversations=conversations,
                models=models,
                asides=asides,
            ),
            trials=trials,
        )

    def _keys(self, passphrase: str | None) -> Keys:
        if self._vault.exists():
            return self._vault.open(passphrase)
        if self.settings.database.exists():
            raise KeyLostError(
                f"There is a store in {str(self.settings.store)!r}, but its key file keys.json is gone.",
                remedy="Restore keys.json from a backup of the home folder.",
            )
        return self._vault.create()

    def _audit(self, action: str) -> None:
        self.services().database.write(lambda tx: audit.record(tx, action, "vault"))


async def _next(changing: asyncio.Queue[events.Change], leaving: asyncio.Task[Literal[True]]) -> events.Change | None:
    """What changes next; None if the owner leaves before."""
    upcoming = asyncio.ensure_future(changing.get())
    await asyncio.wait((upcoming, leaving), return_when=asyncio.FIRST_COMPLETED)
    if upcoming.done():
        return upcoming.result()
    upcoming.cancel()
    return None


async def _next_run(changing: asyncio.Queue[events.Change], leaving: asyncio.Task[Literal[True]]) -> None:
    """Until a run waits, or the owner leaves."""
    while (change := await _next(changing, leaving)) is not None:
        if (change.noun, change.action) in {("runs", "queue"), ("schedules", DUE)}:
            return
