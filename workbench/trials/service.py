"""Trials: planning them, running them, rating their replies, and what they show."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from random import SystemRandom
from typing import Literal

from workbench.chat.estimates import Estimates
from workbench.clock import utc_now
from workbench.conversations.records import Fault
from workbench.conversations.service import Conversations
from workbench.errors import BudgetReachedError, ConflictError, InvalidInputError, NotFoundError, WorkbenchError
from workbench.events import Changes
from workbench.experiences.service import Experiences
from workbench.personalities.clean import LONGEST_NOTE
from workbench.personalities.records import Personality
from workbench.personalities.service import Personalities
from workbench.prompts.service import Prompts
from workbench.providers.asides import Asides
from workbench.providers.estimate import Estimate, dollars
from workbench.providers.service import Models
from workbench.rules.service import Rules
from workbench.security import audit
from workbench.shown import counted
from workbench.storage.database import Database, Transaction
from workbench.storage.streams import Limits, Stream
from workbench.trials import design, pairs, sets, store
from workbench.trials.asking import Asking, Question, judge_request, reply_request
from workbench.trials.edits import applied
from workbench.trials.notebook import notebook
from workbench.trials.records import (
    Case,
    CaseSet,
    Choice,
    Pair,
    Rated,
    Result,
    Trial,
    TrialEstimate,
    TrialReport,
    TrialState,
)
from workbench.trials.report import finds, report
from workbench.trials.shaping import Shaping

AT_ONCE = 4
"""How many models are asked at the same time."""
FAILURES_IN_A_ROW = 5
"""After so many, a trial pauses: something is wrong that asking more does not mend."""
LARGEST_PAGE = 500
_CHARACTERS_PER_TOKEN = 4
_ENDED: tuple[TrialState, ...] = ("done", "stopped")
_FRAME = Limits(seconds=60)
_UNEXPECTED = Fault(
    code="error",
    message="The Workbench failed unexpectedly while it ran this trial.",
    remedy="Resume it; the owner's log says where it failed.",
)

_INTERRUPTED = "The Workbench was stopped while it ran."

log = logging.getLogger(__name__)


@dataclass(eq=False)
class _Running:
    """A trial that is under way."""

    task: asyncio.Task[None] | None = None
    halt: str = ""
    """Why nothing more is to be asked; empty: go on."""
    halts_as: Literal["paused", "stopped"] = "paused"
    fault: Fault | None = None
    failures: int = 0
    asked: set[asyncio.Task[None]] = field(default_factory=set)
    """What waits for models."""

    def rest(self, reason: str, halts_as: Literal["paused", "stopped"] = "paused") -> None:
        """Ask nothing more; what is under way is waited for. The first reason is the one that counts."""
        if not self.halt:
            self.halt, self.halts_as = reason, halts_as

    def end(self, reason: str, halts_as: Literal["paused", "stopped"] = "paused") -> None:
        """Ask nothing more, and wait for nothing."""
        self.rest(reason, halts_as)
        for task in self.asked:
            task.cancel()


class Trials:
    """All trials of a home. Running is done on one event loop; the rest is safe from any thread."""

    def __init__(
        self,
        database: Database,
        *,
        experiences: Experiences,
        personalities: Personalities,
        prompts: Prompts,
        rules: Rules,
        conversations: Conversations,
        models: Models,
        asides: Asides,
        estimates: Estimates,
        changes: Changes,
        group: asyncio.TaskGroup,
    ) -> None:
        """`group` is where trials run: it is left only after `leave`."""
        self._database = database
        self._experiences = experiences
        self._personalities = personalities
        self._shaping = Shaping(models, personalities, prompts, rules)
        self._conversations = conversations
        self._models = models
        self._asking = Asking(asides, models.resolve)
        self._estimates = estimates
        self._changes = changes
        self._group = group
        self._running: dict[str, _Running] = {}
        self._is_leaving = False

    # Cases

    def sets(self) -> tuple[CaseSet, ...]:
        """The sets of cases that come with the Workbench."""
        return sets.shipped_sets()

    def cases_of(self, conversation_id: str) -> tuple[Case, ...]:
        """The questions of a conversation as cases. Raises NotFoundError."""
        conversation = self._conversations.get(conversation_id)
        return sets.from_branch(self._conversations.messages(conversation.id), conversation.head_id)

    # Trials

    def list(self, experience_id: str | None = None, *, limit: int = 50) -> tuple[Trial, ...]:
        """The latest trials, the last one first."""
        return store.latest(self._database.read, experience_id, max(1, min(limit, LARGEST_PAGE)))

    def get(self, id: str) -> Trial:
        """One trial. Raises NotFoundError."""
        return store.get(self._database.read, id)

    def plan(self, wanted: Trial) -> Trial:
        """The trial as it would be made, with what follows from it. Raises InvalidInputError, NotFoundError."""
        if wanted.experience_id is not None:
            self._experiences.get(wanted.experience_id)
        configurations = tuple(self._shaping.fixed(one, wanted.experience_id) for one in wanted.configurations)
        judge = None if wanted.judge is None else self._models.resolve(wanted.judge).id
        return design.usable(replace(wanted, configurations=configurations, judge=judge))

    def create(self, wanted: Trial) -> Trial:
        """Plan a trial; one already made under the same id is given back as it is.

        What is not chosen is chosen now: the seed, and a model where none is named. Raises InvalidInputError,
        NotFoundError, ModelMissingError.
        """
        trial = self.plan(replace(wanted, seed=wanted.seed or SystemRandom().randrange(1, 2**31)))

        def insert(tx: Transaction) -> Trial:
            before = store.find(tx.execute, trial.id)
            if before is not None:
                return before
            store.insert(tx, trial)
            audit.record(tx, "trials.create", trial.id, {"replies": trial.planned})
            return store.get(tx.execute, trial.id)

        made = self._database.write(insert, returns=Trial)
        self._publish(made, "create")
        return made

    def remove(self, id: str) -> None:
        """Take a trial away with its replies and ratings. Raises NotFoundError, ConflictError."""
        trial = self.get(id)
        if trial.state == "running":
            raise ConflictError(f"{trial.name!r} is running.", remedy="Pause or stop it first.")

        def take(tx: Transaction) -> None:
            store.remove(tx, trial.id)
            audit.record(tx, "trials.remove", trial.id)

        self._database.write(take)
        self._publish(trial, "remove")

    def estimate(self, wanted: Trial) -> TrialEstimate:
        """What a trial takes and costs if it is run to its end. Nothing is sent.

        Raises InvalidInputError, NotFoundError, ModelMissingError.
        """
        trial = self.plan(wanted)
        found: list[Estimate] = []
        for case in trial.cases:
            replies = []
            for configuration in trial.configurations:
                model = self._models.resolve(configuration.model)
                one = self._estimates.of_request(reply_request(model, case, configuration), trial.experience_id, None)
                found.append(one)
                replies.append("x" * _CHARACTERS_PER_TOKEN * one.reply_tokens_high)
            if trial.judge is not None:
                judge = self._models.resolve(trial.judge)
                request = judge_request(judge, case, trial.rubric, replies)
                found.append(self._estimates.of_request(request, trial.experience_id, None))
        return _summed(trial, found)

    # Running

    async def run(self, id: str) -> Trial:
        """Let a trial run, or go on where it stopped: what has been answered is not asked again.

        One that runs, or waits for your rating, is given back as it is. Raises NotFoundError, InvalidInputError.
        """
        trial = await asyncio.to_thread(self.get, id)
        if trial.state in _ENDED:
            raise InvalidInputError(f"{trial.name!r} has ended.", remedy="Make a new trial of the same cases.")
        if trial.id in self._running or trial.state == "rating":
            return trial
        running = self._running[trial.id] = _Running(halt=_INTERRUPTED if self._is_leaving else "")
        try:
            begun = await asyncio.to_thread(
                self._set, replace(trial, state="running", reason="", fault=None, ended_at=None), "run"
            )
        except BaseException:
            del self._running[trial.id]
            raise
        running.task = self._group.create_task(self._work(begun, running))
        return begun

    async def pause(self, id: str) -> Trial:
        """Let a trial rest; `run` goes on with it. Raises NotFoundError, InvalidInputError."""
        trial = await asyncio.to_thread(self.get, id)
        if trial.state != "running":
            raise InvalidInputError(f"{trial.name!r} does not run.", remedy="Nothing needs to be done.")
        return await self._end(trial, "You paused it.", "paused")

    async def stop(self, id: str) -> Trial:
        """End a trial before its planned end; that it was is said with whatever it shows.

        Raises NotFoundError, InvalidInputError.
        """
        trial = await asyncio.to_thread(self.get, id)
        if trial.state in _ENDED:
            raise InvalidInputError(f"{trial.name!r} has ended.", remedy="Nothing needs to be done.")
        rated = f"{trial.rated} of {trial.to_rate} pairs"
        far = rated if trial.state == "rating" else f"{trial.asked} of {trial.planned} replies"
        return await self._end(trial, f"You stopped it before its planned end, after {far}.", "stopped")

    def recover(self) -> int:
        """Mark what the last owner left running as paused; how many."""

        def mark(tx: Transaction) -> int:
            left = store.running(tx.execute)
            for trial in left:
                store.set_state(tx, replace(trial, state="paused", reason=_INTERRUPTED))
                audit.record(tx, "trials.finish", trial.id, {"state": "paused"})
            return len(left)

        return self._database.write(mark)

    def leave(self) -> None:
        """Pause what runs: the owner is about to end."""
        self._is_leaving = True
        for running in self._running.values():
            running.end(_INTERRUPTED)

    def is_busy(self) -> bool:
        """Whether a trial runs."""
        return bool(self._running)

    # What there is

    def results(self, id: str) -> tuple[Result, ...]:
        """The replies of a trial. Raises NotFoundError, ConflictError until they were rated blindly."""
        self._refuse_blind(self.get(id))
        return store.results(self._database.read, id)

    def rows(self, id: str) -> Stream:
        """The same as an Arrow stream."""
        trial = self.get(id)
        self._refuse_blind(trial)
        names = [one.name for one in trial.cases], [one.name for one in trial.configurations]
        return self._database.stream(store.frame_query(), (*names, trial.id), utc=True, limits=_FRAME)

    def report(self, id: str) -> TrialReport:
        """What it shows by now; until pairs were rated blindly, nothing that tells whose they are."""
        trial = self.get(id)
        if _is_blind(trial):
            return TrialReport(
                trial=trial, rules=design.rules(trial), summaries=(), comparisons=(), edits=(), remarks=(_blind(trial),)
            )
        read = self._database.read
        return report(trial, store.results(read, trial.id), store.ratings(read, trial.id))

    def accept(self, id: str, number: int) -> Personality:
        """Change a personality as suggestion `number` of the report (from 1) says; the trial stays as it is.

        Raises NotFoundError, InvalidInputError for a configuration without a personality, and ConflictError where the
        personality has been changed since.
        """
        trial = self.get(id)
        edits = self.report(id).edits
        if not 1 <= number <= len(edits):
            raise NotFoundError(f"There is no suggestion {number}.", remedy=f"There are {len(edits)}.")
        edit = edits[number - 1]
        one = next(each for each in trial.configurations if each.name == edit.configuration)
        if one.personality is None:
            raise InvalidInputError(
                f"The configuration {one.name!r} has no personality to change.",
                remedy="Put the suggestion into its instruction, and try that in a new trial.",
            )
        found = self._personalities.get(one.personality)
        if found.version != one.version:
            raise ConflictError(
                f"{found.name!r} has been changed since this trial, which tried version {one.version}.",
                remedy="Try the present version.",
            )
        return self._personalities.update(
            found.id,
            character=applied(found.character, edit),
            note=f"Trial {trial.name}: {edit.reason}"[:LONGEST_NOTE],
            revision=found.revision,
        )

    def notebook(self, id: str) -> dict[str, object]:
        """A notebook that repeats it. Raises NotFoundError."""
        return notebook(self.get(id))

    # Rating

    def pair(self, id: str) -> Pair:
        """The next pair to rate. Raises NotFoundError where there is none."""
        trial = self.get(id)
        read = self._database.read
        found = None
        if trial.state == "rating":
            found = pairs.upcoming(trial, store.results(read, id), store.ratings(read, id))
        if found is None:
            raise NotFoundError(
                f"There is nothing to rate in {trial.name!r}.", remedy="`workbench trials show` shows it."
            )
        return found

    def rate(self, id: str, number: int, choice: Choice) -> Trial:
        """Say which reply of a pair is better; the last pair ends the trial, and so may a look that was planned.

        Raises NotFoundError, ConflictError where it is another pair's turn.
        """

        def write(tx: Transaction) -> Trial:
            trial = store.get(tx.execute, id)
            given = store.ratings(tx.execute, id)
            if any(one.number == number and one.choice == choice for one in given):
                return trial
            found = store.results(tx.execute, id)
            if trial.state != "rating" or pairs.next_number(trial, found, given) != number:
                raise ConflictError(f"It is not pair {number}'s turn.", remedy="Look at the next pair again.")
            store.put_rating(tx, trial, number, choice)
            after = _rated(store.get(tx.execute, id), found, store.ratings(tx.execute, id))
            store.set_state(tx, after)
            audit.record(tx, "trials.rate", id, {"pair": number})
            return after

        rated = self._database.write(write)
        self._publish(rated, "rate")
        return rated

    def undo(self, id: str) -> Trial:
        """Take the last rating back. Raises NotFoundError where there is none, ConflictError once all is revealed."""

        def take(tx: Transaction) -> Trial:
            trial = store.get(tx.execute, id)
            given = store.ratings(tx.execute, id)
            if trial.state != "rating":
                raise ConflictError(
                    f"{trial.name!r} is not being rated.", remedy="What is revealed stays as it was rated."
                )
            if not given:
                raise NotFoundError("Nothing has been rated yet.", remedy="Rate the first pair.")
            store.take_rating(tx, id, given[-1].number)
            audit.record(tx, "trials.undo", id, {"pair": given[-1].number})
            return store.get(tx.execute, id)

        undone = self._database.write(take)
        self._publish(undone, "undo")
        return undone

    # Inside

    async def _work(self, trial: Trial, running: _Running) -> None:
        try:
            after = await self._blocks(trial, running)
        except WorkbenchError as error:
            after = replace(trial, state="paused", reason=f"It could not go on: {error.message}", fault=Fault.of(error))
        except Exception:
            log.exception("A trial failed unexpectedly.")
            after = replace(trial, state="paused", reason=_UNEXPECTED.message, fault=_UNEXPECTED)
        try:
            await asyncio.to_thread(self._finish, after)
        except WorkbenchError as error:
            log.error("The end of a trial could not be saved: %s", error.code)  # noqa: TRY400  (the code says it all)
        finally:
            self._running.pop(trial.id, None)

    async def _blocks(self, trial: Trial, running: _Running) -> Trial:
        """Ask all that is missing, look where that is planned, and say how it ended."""
        ordered = design.order(trial)
        at = design.looks(len(ordered), trial.looks) if trial.outcome != "rating" else (len(ordered),)
        for look, count in enumerate(at, 1):
            if look <= trial.looked:
                continue
            await self._ask(trial, ordered[:count], running)
            if not running.halt and trial.judge is not None:
                await self._judge(trial, ordered[:count], running)
            if running.halt:
                ended = utc_now() if running.halts_as == "stopped" else None
                return replace(trial, state=running.halts_as, reason=running.halt, fault=running.fault, ended_at=ended)
            if trial.outcome == "rating":
                break
            found = await asyncio.to_thread(store.results, self._database.read, trial.id)
            is_found = trial.stopping == "sequential" and finds(trial, found, look=look)
            trial = replace(trial, looked=look, difference_found=is_found)
            if is_found and count < len(ordered):
                return _done(
                    trial, f"It ended at look {look} of {len(at)}, after {count} of {len(ordered)} cases, as planned."
                )
            if look < len(at):
                trial = await asyncio.to_thread(self._set, trial, "look")
        if trial.outcome == "rating":
            found = await asyncio.to_thread(store.results, self._database.read, trial.id)
            if pairs.next_number(trial, found, ()) is None:
                return _done(trial, "There is no pair of replies to rate.")
            return replace(trial, state="rating", reason="")
        return _done(trial, "")

    async def _ask(self, trial: Trial, cases: Sequence[int], running: _Running) -> None:
        found = await asyncio.to_thread(store.results, self._database.read, trial.id)
        there = {(one.case, one.configuration, one.repetition) for one in found if one.fault is None}
        waiting = [
            Question(case, configuration, repetition)
            for case in cases
            for repetition in range(trial.repetitions)
            for configuration in range(len(trial.configurations))
            if (case, configuration, repetition) not in there
        ]

        async def ask(question: Question) -> None:
            result = await self._asking.reply(trial, question)
            await asyncio.to_thread(self._keep, trial, result)
            running.failures = 0 if result.fault is None else running.failures + 1
            if result.fault is not None and running.failures >= FAILURES_IN_A_ROW:
                running.fault = result.fault
                running.rest(f"{running.failures} questions in a row got no reply: {result.fault.message}")

        await self._all([partial(ask, one) for one in waiting], running)

    async def _judge(self, trial: Trial, cases: Sequence[int], running: _Running) -> None:
        found = await asyncio.to_thread(store.results, self._database.read, trial.id)
        groups: dict[tuple[int, int], list[Result]] = {}
        for one in found:
            if one.fault is None and one.case in cases:
                groups.setdefault((one.case, one.repetition), []).append(one)

        async def judge(replies: list[Result]) -> None:
            scores, finished = await self._asking.scores(trial, replies)
            cost = None if finished is None else finished.cost_usd

            def keep(tx: Transaction) -> None:
                store.put_scores(tx, trial.id, scores, cost_usd=cost, was_asked=finished is not None)

            await asyncio.to_thread(self._database.write, keep)
            self._publish(trial, "progress")

        missing = [each for each in groups.values() if any(one.score is None for one in each)]
        await self._all([partial(judge, each) for each in missing], running)

    async def _all(self, work: Sequence[Callable[[], Awaitable[None]]], running: _Running) -> None:
        """Do all of it, a few at a time, until nothing more is to be asked.

        What a budget refuses while others are under way is tried again when one of them has ended: each holds more than
        it may take.
        """
        waiting = list(reversed(work))
        under_way = 0
        ended = asyncio.Event()

        async def take() -> None:
            nonlocal under_way, ended
            while waiting and not running.halt:
                one = waiting.pop()
                under_way += 1
                is_refused = False
                try:
                    await one()
                except BudgetReachedError as error:
                    is_refused = under_way > 1
                    if is_refused:
                        waiting.append(one)
                    else:
                        running.fault = Fault.of(error)
                        running.rest(f"It paused as a budget is reached: {error.message}")
                except WorkbenchError as error:
                    running.fault = Fault.of(error)
                    running.rest(f"It could not go on: {error.message}")
                finally:
                    under_way -= 1
                    ended.set()
                    ended = asyncio.Event()
                if is_refused:
                    await ended.wait()

        async with asyncio.TaskGroup() as group:
            running.asked = {group.create_task(take()) for _ in range(min(AT_ONCE, len(work)))}
        running.asked = set()

    async def _end(self, trial: Trial, reason: str, state: Literal["paused", "stopped"]) -> Trial:
        """Let nothing more be asked, and give the trial as it is then."""
        running = self._running.get(trial.id)
        if running is not None and running.task is not None:
            running.end(reason, state)
            await asyncio.wait({running.task})
            return await asyncio.to_thread(self.get, trial.id)
        ended = utc_now() if state == "stopped" else None
        after = replace(trial, state=state, reason=reason, fault=None, ended_at=ended)
        return await asyncio.to_thread(self._set, after, "finish")

    def _keep(self, trial: Trial, result: Result) -> None:
        self._database.write(lambda tx: store.put_result(tx, result, trial.experience_id))
        self._publish(trial, "progress")

    def _finish(self, after: Trial) -> None:
        def write(tx: Transaction) -> None:
            store.set_state(tx, after)
            audit.record(tx, "trials.finish", after.id, {"state": after.state})

        self._database.write(write)
        self._publish(after, "finish")

    def _set(self, trial: Trial, action: str) -> Trial:
        def write(tx: Transaction) -> Trial:
            store.set_state(tx, trial)
            audit.record(tx, f"trials.{action}", trial.id, {"state": trial.state})
            return store.get(tx.execute, trial.id)

        changed = self._database.write(write)
        self._publish(changed, action)
        return changed

    def _refuse_blind(self, trial: Trial) -> None:
        if _is_blind(trial):
            raise ConflictError(_blind(trial), remedy="Rate the pairs that are left, or stop the trial.")

    def _publish(self, trial: Trial, action: str) -> None:
        self._changes.publish("trials", trial.id, action, experience_id=trial.experience_id)


def _rated(trial: Trial, found: Sequence[Result], given: Sequence[Rated]) -> Trial:
    """The trial after a rating: whether that was the last one, or one that ends it as planned."""
    at = design.looks(len(trial.cases), trial.looks)
    is_last = pairs.next_number(trial, found, given) is None
    if trial.stopping == "sequential":
        while trial.looked < len(at) and (is_last or given[-1].number >= at[trial.looked]):
            look = trial.looked + 1
            trial = replace(trial, looked=look, difference_found=finds(trial, found, given, look=look))
            if trial.difference_found:
                early = f"It ended at look {look} of {len(at)}, after {len(given)} pairs, as planned."
                return _done(trial, "" if is_last else early)
    return _done(trial, "") if is_last else trial


def _done(trial: Trial, reason: str) -> Trial:
    return replace(trial, state="done", reason=reason, fault=None, ended_at=utc_now())


def _is_blind(trial: Trial) -> bool:
    """Whether nothing may tell whose a reply is, as it is to be rated."""
    return trial.outcome == "rating" and trial.state not in _ENDED


def _blind(trial: Trial) -> str:
    if trial.state != "rating":
        return f"{trial.name!r} is to be rated blindly. Until it was, nothing tells whose a reply is."
    left = counted(trial.to_rate - trial.rated, "pair")
    return f"{trial.name!r} is rated blindly: {left} to go. Until then nothing tells whose a reply is."


def _summed(trial: Trial, found: Sequence[Estimate]) -> TrialEstimate:
    """What one round takes, as often as it is repeated."""
    low = _sum([one.cost_low_usd for one in found], trial.repetitions)
    high = _sum([one.cost_high_usd for one in found], trial.repetitions)
    requests = len(found) * trial.repetitions
    if low is None or high is None:
        unknown = sorted({one.model for one in found if one.cost_high_usd is None})
        cost = f"What it costs is unknown, as the price of {', '.join(unknown)} is."
    elif not high:
        cost = "It costs nothing: the models run on this machine."
    else:
        cost = f"Together {dollars(low)} to {dollars(high)}."
    judged = f", {len(trial.cases) * trial.repetitions:,} of them to the judge" if trial.judge else ""
    return TrialEstimate(
        requests=requests,
        cost_low_usd=low,
        cost_high_usd=high,
        lines=(f"{requests:,} requests would be sent{judged}.", cost, *design.rules(trial)),
    )


def _sum(amounts: Sequence[Decimal | None], times: int) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal()) * times if len(known) == len(amounts) else None
