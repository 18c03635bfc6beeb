"""What a trial asks: requests to what is tried and to the judge, and one answer at a time."""

import asyncio
import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from workbench.clock import new_id, utc_now
from workbench.conversations.records import Fault
from workbench.errors import (
    ModelMissingError,
    ProviderError,
    ProviderUnavailableError,
    RuleAskError,
    RuleBlockedError,
    StreamCutError,
)
from workbench.providers.asides import Asides
from workbench.providers.ledger import About, Purpose
from workbench.providers.records import ChatRequest, Finished, Model, TextDelta, Turn
from workbench.trials import assertions, judging
from workbench.trials.measures import measure
from workbench.trials.records import Case, Configuration, Result, Score, Trial

REPLY_S = 300.0
"""How long a model may take for one reply."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a trial."""

    case: int
    configuration: int
    repetition: int


@dataclass(frozen=True, slots=True)
class _Answer:
    text: str
    finished: Finished
    total_ms: int


def reply_request(model: Model, case: Case, configuration: Configuration) -> ChatRequest:
    """What a model is asked as a configuration says."""
    said = (Turn(role="system", text=configuration.told),) if configuration.told.strip() else ()
    turns = tuple(Turn(role=turn.role, text=turn.text) for turn in case.turns)
    return ChatRequest(
        model=model,
        turns=(*said, *turns),
        max_output_tokens=configuration.most_output_tokens,
        temperature=configuration.temperature,
    )


def judge_request(model: Model, case: Case, rubric: str, replies: Sequence[str]) -> ChatRequest:
    """What a judge is asked about replies, in the order in which it is to see them."""
    text = judging.request(case, rubric, replies, mark=secrets.token_hex(8))
    return ChatRequest(model=model, turns=(Turn(role="user", text=text),), max_output_tokens=judging.JUDGE_TOKENS)


class Asking:
    """Asks models for a trial. Used on one event loop."""

    def __init__(self, asides: Asides, resolve: Callable[[str | None], Model]) -> None:
        self._asides = asides
        self._resolve = resolve

    async def reply(self, trial: Trial, question: Question) -> Result:
        """The reply to a question, checked and measured; why there is none is in it.

        Raises BudgetReachedError, and ConflictError where a rule of its configuration is at another revision by now.
        """
        case, configuration = trial.cases[question.case], trial.configurations[question.configuration]
        fault: Fault | None = None
        answer: _Answer | None = None
        try:
            model = await asyncio.to_thread(self._resolve, configuration.model)
            answer = await self._ask(
                trial,
                model,
                lambda asked: reply_request(asked, case, configuration),
                "trial",
                rules=tuple(configuration.rule_revisions.items()),
            )
        except (ProviderError, ModelMissingError, RuleBlockedError, RuleAskError) as error:
            fault = Fault.of(error)
        text = "" if answer is None else answer.text
        refused = answer is not None and answer.finished.reason == "refused"
        verdicts = () if fault else assertions.check_all(case.assertions, text, refused=refused)
        return Result(
            id=new_id(),
            trial_id=trial.id,
            case=question.case,
            configuration=question.configuration,
            repetition=question.repetition,
            text=text,
            model=configuration.model or "",
            measures=None if fault else measure(text),
            verdicts=verdicts,
            refused=refused,
            input_tokens=answer.finished.input_tokens if answer else None,
            output_tokens=answer.finished.output_tokens if answer else None,
            cost_usd=answer.finished.cost_usd if answer else None,
            total_ms=answer.total_ms if answer else None,
            fault=fault,
            created_at=utc_now(),
        )

    async def scores(self, trial: Trial, replies: Sequence[Result]) -> tuple[list[tuple[str, Score]], Finished | None]:
        """What the judge says of the replies to one question, each by its id, and how its answer ended.

        Where it says nothing that counts, each has no verdict, and why. Raises BudgetReachedError.
        """
        first = replies[0]
        case = trial.cases[first.case]
        order = judging.order(len(replies), seed=trial.seed, case=first.case, repetition=first.repetition)
        shown = [replies[place] for place in order]
        texts = [one.text for one in shown]
        try:
            model = await asyncio.to_thread(self._resolve, trial.judge)
            answer = await self._ask(
                trial, model, lambda asked: judge_request(asked, case, trial.rubric, texts), "judge"
            )
        except (ProviderError, ModelMissingError, RuleBlockedError, RuleAskError) as error:
            return [(one.id, judging.none(f"the judge could not be asked. {error.message}")) for one in shown], None
        if answer.finished.reason == "refused":
            return [(one.id, judging.none("the judge refused.")) for one in shown], answer.finished
        found = judging.read(answer.text, len(shown))
        return [(one.id, score) for one, score in zip(shown, found, strict=True)], answer.finished

    async def _ask(
        self,
        trial: Trial,
        model: Model,
        build: Callable[[Model], ChatRequest],
        purpose: Purpose,
        *,
        rules: tuple[tuple[str, int], ...] = (),
    ) -> _Answer:
        """A model's whole answer; nobody else is asked instead.

        `rules` are the ids and revisions of those that hold beside what holds there anyway. Raises ProviderError,
        BudgetReachedError, ConflictError.
        """
        began = time.monotonic()
        text, finished = "", None
        about = About(purpose=purpose, experience_id=trial.experience_id, also=rules)
        try:
            async with (
                asyncio.timeout(REPLY_S),
                aclosing(self._asides.stream(model, (), build=build, resolve=self._resolve, about=about)) as events,
            ):
                async for event in events:
                    match event:
                        case TextDelta():
                            text += event.text
                        case Finished():
                            finished = event
        except TimeoutError as error:
            raise ProviderUnavailableError(
                f"{model.name} did not end its answer within {REPLY_S:.0f} s.", remedy="Try again later."
            ) from error
        if finished is None:
            raise StreamCutError(f"{model.name} did not end its answer.", remedy="Try again.")
        return _Answer(text, finished, round((time.monotonic() - began) * 1000))
