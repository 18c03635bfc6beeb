"""Trials in the database: rows in, records out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

import msgspec

from workbench.clock import utc_now
from workbench.conversations.records import Fault
from workbench.errors import NotFoundError
from workbench.storage.database import Reader, Row, Transaction
from workbench.storage.register import OWNER_ID
from workbench.trials.records import (
    Case,
    Choice,
    Configuration,
    Measures,
    Outcome,
    Rated,
    Result,
    Score,
    Stopping,
    Trial,
    Verdict,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """What is fixed before a trial begins, as it is kept."""

    cases: tuple[Case, ...]
    configurations: tuple[Configuration, ...]
    repetitions: int
    outcome: Outcome
    judge: str | None
    rubric: str
    smallest_effect: float
    stopping: Stopping
    looks: int
    seed: int
    needed_pairs: int | None


_MEASURES = tuple(field.name for field in fields(Measures))
_DESIGN = tuple(field.name for field in fields(Design))
_TRIAL = (
    "id",
    "name",
    "experience_id",
    "design",
    "state",
    "reason",
    "fault",
    "looked",
    "difference_found",
    "ended_at",
    "created_at",
    "judge_cost_usd",
    "judge_of_unknown_cost",
)
_IDS = {"id", "experience_id", "trial_id"}
_COUNTED = """
    (SELECT count(*) FROM trial_results r WHERE r.trial_id = t.id AND r.fault IS NULL),
    (SELECT count(*) FROM trial_ratings g WHERE g.trial_id = t.id),
    (SELECT sum(cost_usd) FROM trial_results r WHERE r.trial_id = t.id),
    (SELECT count(*) FROM trial_results r WHERE r.trial_id = t.id AND r.fault IS NULL AND r.cost_usd IS NULL)
"""
_RESULT = (
    "id",
    "trial_id",
    "case_number",
    "configuration",
    "repetition",
    "text",
    "model",
    "refused",
    "verdicts",
    "score",
    "score_reason",
    *_MEASURES,
    "input_tokens",
    "output_tokens",
    "cost_usd",
    "total_ms",
    "fault",
    "created_at",
)


def latest(read: Reader, experience_id: str | None, limit: int) -> tuple[Trial, ...]:
    """The latest trials, of one Experience or of all, the last one first."""
    rows = read(
        f"SELECT {_columns(_TRIAL)}, {_COUNTED} FROM trials t WHERE ? OR experience_id = TRY_CAST(? AS UUID) "  # noqa: S608
        "ORDER BY created_at DESC, id DESC LIMIT ?",
        (experience_id is None, experience_id, limit),
    )
    return tuple(_trial(row) for row in rows)


def get(read: Reader, id: str) -> Trial:
    """The trial. Raises NotFoundError."""
    found = find(read, id)
    if found is None:
        raise NotFoundError(f"There is no trial {id!r}.", remedy="`workbench trials list` shows those there are.")
    return found


def find(read: Reader, id: str) -> Trial | None:
    """The trial; None if there is none."""
    query = f"SELECT {_columns(_TRIAL)}, {_COUNTED} FROM trials t WHERE id = TRY_CAST(? AS UUID)"  # noqa: S608
    rows = read(query, (id,))
    return _trial(rows[0]) if rows else None


def running(read: Reader) -> tuple[Trial, ...]:
    """Those that are under way."""
    query = f"SELECT {_columns(_TRIAL)}, {_COUNTED} FROM trials t WHERE state = 'running' ORDER BY created_at"  # noqa: S608
    return tuple(_trial(row) for row in read(query))


def insert(tx: Transaction, trial: Trial) -> None:
    """Add a new trial."""
    design = Design(**{name: getattr(trial, name) for name in _DESIGN})
    now = utc_now()
    values = {
        "id": trial.id,
        "owner_id": OWNER_ID,
        "experience_id": trial.experience_id,
        "name": trial.name,
        "design": msgspec.json.encode(design).decode(),
        "state": trial.state,
        "reason": trial.reason,
        "looked": trial.looked,
        "difference_found": trial.difference_found,
        "judge_of_unknown_cost": 0,
        "created_at": trial.created_at,
        "updated_at": now,
        "revision": 1,
    }
    _insert(tx, "trials", values)


def set_state(tx: Transaction, trial: Trial) -> None:
    """Write down how far a trial is."""
    tx.execute(
        "UPDATE trials SET state = ?, reason = ?, fault = ?, looked = ?, difference_found = ?, ended_at = ?, "
        "updated_at = ?, revision = revision + 1 WHERE id = ?",
        (
            trial.state,
            trial.reason,
            _fault_text(trial.fault),
            trial.looked,
            trial.difference_found,
            trial.ended_at,
            utc_now(),
            trial.id,
        ),
    )


def remove(tx: Transaction, id: str) -> None:
    """Take a trial away, and all that belongs to it."""
    tx.execute("DELETE FROM trial_ratings WHERE trial_id = ?", (id,))
    tx.execute("DELETE FROM trial_results WHERE trial_id = ?", (id,))
    tx.execute("DELETE FROM trials WHERE id = ?", (id,))


# Results


def results(read: Reader, trial_id: str) -> tuple[Result, ...]:
    """The replies of a trial, by case, configuration and repetition."""
    rows = read(
        f"SELECT {_columns(_RESULT)} FROM trial_results WHERE trial_id = ? "  # noqa: S608
        "ORDER BY case_number, configuration, repetition",
        (trial_id,),
    )
    return tuple(_result(row) for row in rows)


def put_result(tx: Transaction, result: Result, experience_id: str | None) -> None:
    """Write down a reply, in the place of one that failed; one that is there already stays."""
    place = (result.trial_id, result.case, result.configuration, result.repetition)
    where = "trial_id = ? AND case_number = ? AND configuration = ? AND repetition = ?"
    tx.execute(f"DELETE FROM trial_results WHERE {where} AND fault IS NOT NULL", place)  # noqa: S608
    if tx.execute(f"SELECT 1 FROM trial_results WHERE {where}", place):  # noqa: S608
        return
    measures = result.measures
    values = {
        "id": result.id,
        "owner_id": OWNER_ID,
        "trial_id": result.trial_id,
        "experience_id": experience_id,
        "case_number": result.case,
        "configuration": result.configuration,
        "repetition": result.repetition,
        "text": result.text,
        "model": result.model,
        "refused": result.refused,
        "passed": result.passed,
        "verdicts": msgspec.json.encode(result.verdicts).decode(),
        **{name: None if measures is None else getattr(measures, name) for name in _MEASURES},
        "input_tokens": result.input_tokens,
        "output_tokens": result.output_tokens,
        "cost_usd": result.cost_usd,
        "total_ms": result.total_ms,
        "fault": _fault_text(result.fault),
        "created_at": result.created_at,
    }
    _insert(tx, "trial_results", values)


def put_scores(
    tx: Transaction, trial_id: str, scores: Iterable[tuple[str, Score]], *, cost_usd: Decimal | None, was_asked: bool
) -> None:
    """Write down what a judge said of replies (their ids), and what asking it cost (None: unknown)."""
    for id, score in scores:
        tx.execute("UPDATE trial_results SET score = ?, score_reason = ? WHERE id = ?", (score.score, score.reason, id))
    if was_asked:
        tx.execute(
            "UPDATE trials SET judge_cost_usd = CASE WHEN ?::DECIMAL(18, 9) IS NULL THEN judge_cost_usd ELSE "
            "coalesce(judge_cost_usd, 0) + ?::DECIMAL(18, 9) END, "
            "judge_of_unknown_cost = judge_of_unknown_cost + ? WHERE id = ?",
            (cost_usd, cost_usd, int(cost_usd is None), trial_id),
        )


# Ratings


def ratings(read: Reader, trial_id: str) -> tuple[Rated, ...]:
    """How pairs were rated, in the order of rating."""
    rows = read("SELECT number, choice FROM trial_ratings WHERE trial_id = ? ORDER BY number", (trial_id,))
    return tuple(Rated(number=number, choice=choice) for number, choice in rows)


def put_rating(tx: Transaction, trial: Trial, number: int, choice: Choice) -> None:
    """Write down how a pair was rated."""
    values = {
        "trial_id": trial.id,
        "owner_id": OWNER_ID,
        "experience_id": trial.experience_id,
        "number": number,
        "choice": choice,
        "created_at": utc_now(),
    }
    _insert(tx, "trial_ratings", values)


def take_rating(tx: Transaction, trial_id: str, number: int) -> None:
    """Take a rating back."""
    tx.execute("DELETE FROM trial_ratings WHERE trial_id = ? AND number = ?", (trial_id, number))


# Rows


def frame_query() -> str:
    """The results as rows; its places take the names of the cases, those of the configurations, and the id."""
    measures = ", ".join(_MEASURES)
    return f"""SELECT case_number + 1 AS case_number, list_extract(?::VARCHAR[], case_number + 1) AS case_name,
        list_extract(?::VARCHAR[], configuration + 1) AS configuration, repetition + 1 AS repetition, model, text,
        passed, verdicts, score, score_reason, {measures}, input_tokens, output_tokens, cost_usd, total_ms, fault,
        created_at
        FROM workbench.main.trial_results WHERE trial_id = ?::UUID ORDER BY case_number, trial_results.configuration,
        repetition"""  # noqa: S608


def _insert(tx: Transaction, table: str, values: Mapping[str, object]) -> None:
    places = ", ".join("?" * len(values))
    tx.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({places})", tuple(values.values()))  # noqa: S608


def _columns(names: Sequence[str]) -> str:
    return ", ".join(f"{name}::VARCHAR" if name in _IDS else name for name in names)


def _fault_text(fault: Fault | None) -> str | None:
    return None if fault is None else msgspec.json.encode(fault).decode()


def _fault(text: str | None) -> Fault | None:
    return None if text is None else msgspec.json.decode(text, type=Fault)


def _trial(row: Row) -> Trial:
    values: dict[str, Any] = dict(zip(_TRIAL, row[: len(_TRIAL)], strict=True))
    asked, rated, cost, unknown = row[len(_TRIAL) :]
    design = msgspec.json.decode(values.pop("design"), type=Design)
    judged, judge_unknown = values.pop("judge_cost_usd"), values.pop("judge_of_unknown_cost")
    values["fault"] = _fault(values["fault"])
    known = [amount for amount in (cost, judged) if amount is not None]
    pairs = len(design.cases) * design.repetitions * (len(design.configurations) - 1)
    return Trial(
        **values,
        **{name: getattr(design, name) for name in _DESIGN},
        asked=asked,
        planned=len(design.cases) * design.repetitions * len(design.configurations),
        rated=rated,
        to_rate=pairs if design.outcome == "rating" else 0,
        cost_usd=sum(known, Decimal()) if known else None,
        of_unknown_cost=unknown + judge_unknown,
    )


def _result(row: Row) -> Result:
    values: dict[str, Any] = dict(zip(_RESULT, row, strict=True))
    measures = {name: values.pop(name) for name in _MEASURES}
    score, reason = values.pop("score"), values.pop("score_reason")
    values["case"] = values.pop("case_number")
    values["fault"] = _fault(values["fault"])
    values["verdicts"] = msgspec.json.decode(values["verdicts"], type=tuple[Verdict, ...])
    return Result(
        **values,
        measures=None if measures["words"] is None else Measures(**measures),
        score=None if reason is None else Score(score=score, reason=reason),
    )
