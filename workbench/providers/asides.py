"""What models are asked beside conversations: nothing of it is kept as a reply, and all of it is in the ledger."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from workbench.providers import ledger
from workbench.providers.fallback import Asker, Event, Plan
from workbench.providers.ledger import About, Call
from workbench.providers.records import Model
from workbench.providers.spending import Build, Purse
from workbench.storage.database import Database


class Asides:
    """Asks as replies are asked for: a model again where that may help, then the next, while budgets last."""

    def __init__(self, asker: Asker, database: Database, purse: Purse) -> None:
        self._asker = asker
        self._database = database
        self._purse = purse

    async def stream(
        self, model: Model, fallbacks: tuple[str, ...], *, build: Build, resolve: Callable[[str], Model], about: About
    ) -> AsyncGenerator[Event]:
        """What is answered, piece by piece, `Finished` last, and in between who is asked instead.

        `resolve` gives one of the fallbacks by its id, from any thread; where it raises ModelMissingError, that one is
        passed over. Raises ProviderError as the last model does that was asked, and BudgetReachedError.
        """
        (allowance,) = await asyncio.to_thread(
            self._purse.hold, (model,), build=build, experience_id=about.experience_id
        )
        calls: list[Call] = []
        try:
            plan = Plan(
                first=await asyncio.to_thread(build, model),
                fallbacks=fallbacks,
                build=lambda id: build(resolve(id)),
                allowance=allowance,
            )
            async with aclosing(self._asker.stream(plan, about, calls.append)) as events:
                async for event in events:
                    yield event
        finally:
            await asyncio.to_thread(ledger.keep, self._database, calls)
            allowance.end()
