"""`workbench trials …`."""

import difflib
import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from itertools import product
from pathlib import Path
from typing import cast, get_args

import click
import msgspec

import workbench
from workbench.cli import INTERRUPTED
from workbench.cli.experiences import complete
from workbench.cli.output import as_json, moment, note, print_facts, print_json, print_table, say
from workbench.cli.rules import find
from workbench.client import Workbench
from workbench.config import not_written
from workbench.errors import InvalidInputError, NotFoundError
from workbench.plain import plain
from workbench.shown import counted, money
from workbench.trials.records import (
    Assertion,
    CaseTurn,
    Choice,
    Configuration,
    Outcome,
    Stopping,
    Trial,
    TrialReport,
)
from workbench.trials.sets import Listed, case

_SHOWN = 12
"""Of an id, its end: the part that chance made."""
_MOST = 500
_KEYS: dict[str, Choice] = {"1": "left", "2": "right", "0": "tie"}


class _File(msgspec.Struct, forbid_unknown_fields=True):
    """A trial as a file has it (docs/guides/trials.md)."""

    configurations: tuple[Configuration, ...]
    name: str = ""
    set: str | None = None
    cases: tuple[Listed, ...] = ()
    repetitions: int = 1
    outcome: Outcome = "passes"
    judge: str | None = None
    rubric: str = ""
    smallest_effect: float = 0.75
    stopping: Stopping = "fixed"
    looks: int = 1
    seed: int = 0


@click.group()
def trials() -> None:
    """Try configurations on the same cases, and see what shows: instructions, models, or both.

    TRIAL is an id as the lists show it, or whole.
    """


@trials.command("list")
@click.option("--experience", "-e", metavar="NAME", shell_complete=complete, help="Only those of this Experience.")
@as_json
def list_(experience: str | None, *, as_json: bool) -> None:
    """List the latest trials."""
    with workbench.connect(door="cli") as bench:
        found = bench.trials.list(experience)
    if as_json:
        print_json(found)
        return
    if not found:
        say("There is no trial. `workbench trials sets` shows cases to begin with.")
        return
    rows = [
        (one.name, one.state, f"{one.asked} of {one.planned}", _cost(one), moment(one.created_at), one.id[-_SHOWN:])
        for one in found
    ]
    print_table(("Trial", "State", "Replies", "Cost", "Made", "Id"), rows, whole=("State", "Replies", "Made", "Id"))


@trials.command()
@as_json
def sets(*, as_json: bool) -> None:
    """List the sets of cases that come with the Workbench."""
    with workbench.connect(door="cli") as bench:
        found = bench.trials.sets()
    if as_json:
        print_json(found)
        return
    rows = [(one.name, f"{len(one.cases)}", one.description) for one in found]
    print_table(("Set", "Cases", "What it looks at"), rows, whole=("Set",))


@trials.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.option("--set", "case_set", metavar="NAME", help="A set of cases that comes with the Workbench.")
@click.option("--model", "-m", "models", metavar="MODEL", multiple=True, help="What to try; may be given again.")
@click.option("--instruction", "-i", "texts", metavar="TEXT", multiple=True, help="The same: what models are told.")
@click.option("--personality", "-p", "shapes", metavar="NAME", multiple=True, help="The same: what shapes replies.")
@click.option("--name", metavar="NAME", help="What to call it.")
@click.option("--experience", "-e", metavar="NAME", shell_complete=complete, help="Whose budgets and rules hold.")
@click.option("--outcome", type=click.Choice(get_args(Outcome)), help="What decides.  [default: passes]")
@click.option("--judge", metavar="MODEL", help="The model that scores replies.")
@click.option("--repetitions", type=int, metavar="N", help="How often each case is asked.  [default: 1]")
@click.option("--yes", "-y", is_flag=True, help="Do not ask before it is sent.")
@as_json
def run(
    file: Path | None,
    case_set: str | None,
    models: Sequence[str],
    texts: Sequence[str],
    shapes: Sequence[str],
    name: str | None,
    experience: str | None,
    outcome: str | None,
    judge: str | None,
    repetitions: int | None,
    *,
    yes: bool,
    as_json: bool,
) -> None:
    """Plan a trial, say what it costs, and run it to its end.

    FILE describes it (docs/guides/trials.md); the options change what it says. Without one, each personality and
    INSTRUCTION is tried with each MODEL. Ctrl-C pauses it; `workbench trials resume` goes on.
    """
    plan = _read(file) if file else _File(configurations=_configurations(models, texts, shapes))
    given = {
        "cases": [case(one) for one in plan.cases],
        "case_set": case_set or plan.set,
        "experience": experience,
        "repetitions": repetitions or plan.repetitions,
        "outcome": cast("Outcome", outcome or plan.outcome),
        "judge": judge or plan.judge,
        "rubric": plan.rubric,
        "smallest_effect": plan.smallest_effect,
        "stopping": plan.stopping,
        "looks": plan.looks,
    }
    called = name or plan.name or str(given["case_set"] or "Trial")
    with workbench.connect(door="cli") as bench:
        tried = [_ruled(bench, one) for one in plan.configurations]
        for line in bench.trials.estimate(tried, **given).lines:  # type: ignore[arg-type]  # by name
            note(line)
        if not yes:
            click.confirm("Run it?", abort=True, err=True)
        made = bench.trials.create(called, tried, seed=plan.seed, **given)  # type: ignore[arg-type]
        _follow(bench, made, as_json=as_json)


@trials.command()
@click.argument("trial", metavar="TRIAL")
@as_json
def resume(trial: str, *, as_json: bool) -> None:
    """Go on with a trial: what has been answered is not asked again."""
    with workbench.connect(door="cli") as bench:
        _follow(bench, _trial(bench, trial), as_json=as_json)


@trials.command()
@click.argument("trial", metavar="TRIAL")
@as_json
def show(trial: str, *, as_json: bool) -> None:
    """Show what a trial shows by now, in figures and in plain words."""
    with workbench.connect(door="cli") as bench:
        found = bench.trials.report(_trial(bench, trial).id)
    _print(found, as_json=as_json)


@trials.command()
@click.argument("trial", metavar="TRIAL")
@as_json
def results(trial: str, *, as_json: bool) -> None:
    """Show each reply, and why it passes or fails."""
    with workbench.connect(door="cli") as bench:
        found = _trial(bench, trial)
        replies = bench.trials.results(found.id)
    if as_json:
        print_json(replies)
        return
    rows = [
        (
            found.cases[one.case].name,
            found.configurations[one.configuration].name,
            {True: "passes", False: "fails", None: "—"}[one.passed] if one.fault is None else "no reply",
            "—" if one.score is None or one.score.score is None else f"{one.score.score}",
            one.fault.message if one.fault else next((v.why for v in one.verdicts if not v.passed), one.text),
        )
        for one in replies
    ]
    print_table(("Case", "Configuration", "Checks", "Score", "Why, or the reply"), rows, whole=("Checks", "Score"))


@trials.command()
@click.argument("trial", metavar="TRIAL")
def rate(trial: str) -> None:
    """Compare replies without knowing whose they are: 1 the first, 2 the second, 0 neither, u undo, q later."""
    with workbench.connect(door="cli") as bench:
        found = _trial(bench, trial)
        while found.state == "rating":
            pair = bench.trials.pair(found.id)
            click.echo(f"\n── {pair.number} of {pair.total} ──\n{plain(pair.turns[-1].text)}")
            click.echo(f"\n[1]\n{plain(pair.left)}\n\n[2]\n{plain(pair.right)}\n")
            key = click.prompt("Better: 1, 2, 0 neither, u undo, q later", type=click.Choice([*_KEYS, "u", "q"]))
            if key == "q":
                return
            found = bench.trials.undo(found.id) if key == "u" else bench.trials.rate(found.id, pair.number, _KEYS[key])
        _print(bench.trials.report(found.id), as_json=False)


@trials.command()
@click.argument("trial", metavar="TRIAL")
@click.argument("number", type=int, metavar="NUMBER")
def accept(trial: str, number: int) -> None:
    """Change a personality as suggestion NUMBER of `show` says."""
    with workbench.connect(door="cli") as bench:
        changed = bench.trials.accept(_trial(bench, trial).id, number)
    say(f"{changed.name!r} is now version {changed.version}.")


@trials.command()
@click.argument("trial", metavar="TRIAL")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export(trial: str, file: Path) -> None:
    """Write a notebook that repeats a trial, in Jupyter or by papermill."""
    with workbench.connect(door="cli") as bench:
        made = bench.trials.notebook(_trial(bench, trial).id)
    try:
        with file.open("x", encoding="utf-8") as target:
            json.dump(made, target, indent=1, ensure_ascii=False)
    except FileExistsError as error:
        raise InvalidInputError(f"There is already a {str(file)!r}.", remedy="Choose another name.") from error
    except OSError as error:
        raise not_written(file, error) from error
    say(f"Written to {str(file)!r}.")


@trials.command()
@click.argument("trial", metavar="TRIAL")
def pause(trial: str) -> None:
    """Let a trial rest."""
    with workbench.connect(door="cli") as bench:
        say(_state(bench.trials.pause(_trial(bench, trial).id)))


@trials.command()
@click.argument("trial", metavar="TRIAL")
def stop(trial: str) -> None:
    """End a trial before its planned end; it says so from then on."""
    with workbench.connect(door="cli") as bench:
        say(_state(bench.trials.stop(_trial(bench, trial).id)))


@trials.command()
@click.argument("trial", metavar="TRIAL")
def delete(trial: str) -> None:
    """Take a trial away, with its replies and ratings."""
    with workbench.connect(door="cli") as bench:
        found = _trial(bench, trial)
        bench.trials.remove(found.id)
    say(f"{found.name!r} is gone.")


def _follow(bench: Workbench, trial: Trial, *, as_json: bool) -> None:
    """Run a trial, say how far it is, and what it shows; Ctrl-C pauses it."""
    final = bench.trials.run(trial.id)
    said = -1
    try:
        for now in bench.trials.watch(trial.id):
            final = now
            if now.asked != said:
                said = now.asked
                note(f"{said} of {counted(now.planned, 'question')} answered")
    except KeyboardInterrupt:
        bench.trials.pause(trial.id)
        note(f"Paused. `workbench trials resume {trial.id[-_SHOWN:]}` goes on.")
        raise click.exceptions.Exit(INTERRUPTED) from None
    if final.state == "rating":
        note(f"Now rate the replies: `workbench trials rate {trial.id[-_SHOWN:]}`.")
    _print(bench.trials.report(trial.id), as_json=as_json)


def _print(report: TrialReport, *, as_json: bool) -> None:
    if as_json:
        print_json(report)
        return
    print_facts({"Trial": report.trial.name, "State": _state(report.trial), "Cost": _cost(report.trial)})
    if report.summaries:
        click.echo()
        rows = [
            (
                one.configuration,
                f"{one.replies}",
                f"{one.cases_passed} of {one.cases_checked}" if one.cases_checked else "—",
                f"{one.pass_rate.low:.0%} to {one.pass_rate.high:.0%}" if one.pass_rate else "—",
                "—" if one.score is None else f"{one.score:.1f}",
                "—" if one.words is None else f"{one.words:.0f}",
                "—" if one.total_ms is None else f"{one.total_ms / 1000:.1f} s",
            )
            for one in report.summaries
        ]
        print_table(("Configuration", "Replies", "Cases passed", "Of all such", "Score", "Words", "Time"), rows)
    click.echo()
    for line in (*report.rules, *(one.sentence for one in report.comparisons), *report.remarks):
        say(line)
    for number, edit in enumerate(report.edits, 1):
        say(f"Suggestion {number} for {edit.configuration} ({edit.field}): {edit.text} {edit.reason}")


def _read(file: Path) -> _File:
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
        found = msgspec.convert(content, _File)
    except OSError as error:
        raise not_written(file, error) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInputError(f"{file.name!r} is no TOML: {error}.", remedy="Correct it.") from error
    except msgspec.ValidationError as error:
        raise InvalidInputError(
            f"{file.name!r} is no trial: {error}.", remedy="docs/guides/trials.md has one."
        ) from error
    cases = content.get("cases", ())
    parts: dict[type, list[dict[str, object]]] = {
        Configuration: list(content["configurations"]),
        Assertion: [one for case in cases for one in case.get("assertions", ())],
        CaseTurn: [one for case in cases for one in case.get("turns", ())],
    }
    for kind, written in parts.items():
        _refuse_unknown(file.name, kind, written)
    return found


def _refuse_unknown(file: str, kind: type, written: Iterable[Mapping[str, object]]) -> None:
    """Raise InvalidInputError for a field that is read by nobody: it was meant as another."""
    known = [field.name for field in fields(kind)]
    for name in (name for one in written for name in one if name not in known):
        near = difflib.get_close_matches(name, known, n=1)
        raise InvalidInputError(
            f"{file!r} is no trial: a field is called {name!r}.",
            remedy=f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(known)}.",
        )


def _configurations(models: Sequence[str], texts: Sequence[str], shapes: Sequence[str]) -> tuple[Configuration, ...]:
    """Each with each, named by what differs."""
    found = []
    for shape, (number, text), model in product(shapes or (None,), enumerate(texts or ("",), 1), models or (None,)):
        differing = (
            shape if len(shapes) > 1 else None,
            f"Instruction {number}" if len(texts) > 1 else None,
            model if len(models) > 1 else None,
        )
        name = ", ".join(filter(None, differing)) or shape or model or "A"
        found.append(Configuration(name=name, model=model, personality=shape, instruction=text))
    return tuple(found)


def _ruled(bench: Workbench, one: Configuration) -> Configuration:
    """With its rules by their whole ids."""
    return replace(one, rules=tuple(find(bench, id).id for id in one.rules))


def _trial(bench: Workbench, id: str) -> Trial:
    """The trial that an id, or the end of one, names."""
    found = [one for one in bench.trials.list(limit=_MOST) if one.id.endswith(id)]
    if len(found) != 1:
        raise NotFoundError(
            f"{'No' if not found else 'More than one'} trial's id ends in {id!r}.",
            remedy="`workbench trials list` shows them.",
        )
    return found[0]


def _state(trial: Trial) -> str:
    far = f"{trial.rated} of {trial.to_rate} pairs rated" if trial.state == "rating" else ""
    return ": ".join(filter(None, (trial.state, far or trial.reason)))


def _cost(trial: Trial) -> str:
    known = "" if trial.cost_usd is None else money(trial.cost_usd)
    unknown = f"{counted(trial.of_unknown_cost, 'answer')} of unknown cost" if trial.of_unknown_cost else ""
    return " and ".join(filter(None, (known, unknown)))
