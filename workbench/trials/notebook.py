"""A trial as a notebook that repeats it: a parameters cell for papermill, and calls of the client. Pure."""

import json
from collections.abc import Sequence
from dataclasses import replace

import msgspec

from workbench.trials import design
from workbench.trials.records import Trial

Cell = dict[str, object]

_PARAMETERS = """\
name = {name!r}
experience = None  # whose budgets and rules hold; None: the home's alone
repetitions = {repetitions!r}
seed = {seed!r}  # 0: another order of asking, rating and resampling"""
_CONNECT = """\
import json

import msgspec

import workbench
from workbench.trials.records import Case, Configuration

bench = workbench.connect()"""
_CASES = """\
cases = msgspec.convert(json.loads({cases!r}), tuple[Case, ...])
configurations = msgspec.convert(json.loads({configurations!r}), tuple[Configuration, ...])
bench.trials.estimate(configurations, cases=cases, repetitions=repetitions, {plan})"""
_RUN = """\
trial = bench.trials.create(
    name,
    configurations,
    cases=cases,
    experience=experience,
    repetitions=repetitions,
    seed=seed,
    {plan},
)
bench.trials.finish(trial.id)"""
_RATING = """\
## Rating

The replies wait to be rated blindly: in the tab *Trials* of JupyterLab, or with `workbench trials rate`. Then
`bench.trials.report(trial.id)` shows what you preferred."""
_FRAME = "bench.trials.frame(trial.id)"


def notebook(trial: Trial) -> dict[str, object]:
    """The notebook, as Jupyter writes it (nbformat 4.5); what was found before is not in it."""
    plan = ", ".join(
        f"{name}={getattr(trial, name)!r}"
        for name in ("outcome", "judge", "rubric", "smallest_effect", "stopping", "looks")
    )
    rules = "\n".join(f"* {line}" for line in design.rules(trial))
    cells = [
        _text(
            "title",
            f"# {trial.name}\n\nThis notebook repeats a trial, in Jupyter or by papermill.\n\n{rules}",
        ),
        _code("parameters", _PARAMETERS.format(name=trial.name, repetitions=trial.repetitions, seed=trial.seed)),
        _code("connect", _CONNECT),
        _text("cases-title", "## What is asked, and of whom"),
        _code(
            "cases",
            _CASES.format(
                cases=_json(trial.cases),
                configurations=_json(
                    [replace(one, told="", most_output_tokens=None, rule_revisions={}) for one in trial.configurations]
                ),
                plan=plan,
            ),
        ),
        _text("run-title", "## What it shows"),
        _code("run", _RUN.format(plan=plan)),
    ]
    if trial.outcome == "rating":
        cells += [_text("rate-title", _RATING)]
    else:
        cells += [_text("replies-title", "## Every reply"), _code("replies", _FRAME)]
    return {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _text(id: str, text: str) -> Cell:
    return {"cell_type": "markdown", "id": id, "metadata": {}, "source": text.splitlines(keepends=True)}


def _code(id: str, text: str) -> Cell:
    tags = {"tags": ["parameters"]} if id == "parameters" else {}
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": id,
        "metadata": tags,
        "outputs": [],
        "source": text.splitlines(keepends=True),
    }


def _json(records: Sequence[object]) -> str:
    return json.dumps(msgspec.to_builtins(records), ensure_ascii=False)
