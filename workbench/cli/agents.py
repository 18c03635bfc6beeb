"""`workbench agents …`."""

import json
import os
import webbrowser
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import click

import workbench
from workbench.agents.records import Run
from workbench.cli import INTERRUPTED
from workbench.cli.experiences import complete
from workbench.cli.output import as_json, moment, note, print_facts, print_json, print_table, say
from workbench.client import Workbench
from workbench.client.agents import DAILY, WEEKLY
from workbench.config import home_folder, not_written, own_scratch_folder, private_folder
from workbench.errors import AgentFailedError, InvalidInputError, NotFoundError
from workbench.jobs.records import Schedule
from workbench.shown import money

_SHOWN = 12
"""Of an id, its end: the part that chance made."""
_MOST_RUNS = 500
_Found = TypeVar("_Found", Run, Schedule)
_Command = TypeVar("_Command", bound=Callable[..., None])

experience_option = click.option(
    "--experience", "-e", required=True, metavar="NAME", shell_complete=complete, help="For which Experience."
)
only_option = click.option(
    "--experience", "-e", metavar="NAME", shell_complete=complete, help="Only those of this Experience."
)


def _times(command: _Command) -> _Command:
    """The options that say when an agent runs by itself."""
    for option in (
        click.option("--cron", "cron", metavar="LINE", help='Minute, hour, day, month, weekday: "0 8 * * 1".'),
        click.option("--weekly", "cron", flag_value=WEEKLY, help="On Mondays at 8:00."),
        click.option("--daily", "cron", flag_value=DAILY, help="Every day at 8:00."),
    ):
        command = option(command)
    return command


@click.group()
def agents() -> None:
    """Let notebooks run by themselves, and read their reports.

    RUN and SCHEDULE are ids as the lists show them, or whole.
    """


@agents.command("list")
@only_option
@as_json
def list_(experience: str | None, *, as_json: bool) -> None:
    """List the agents there are, and when they run by themselves."""
    with workbench.connect(door="cli") as bench:
        found, schedules = bench.agents.list(), bench.agents.schedules(experience)
        names = {e.id: e.name for e in bench.experiences.list(None)}
    if as_json:
        print_json({"agents": found, "schedules": schedules})
        return
    print_table(("Agent", "What it does"), [(a.name, a.description) for a in found], whole=("Agent",))
    click.echo()
    if not schedules:
        say("None runs by itself. `workbench agents schedule NAME --experience NAME --weekly` changes that.")
        return
    rows = [
        (
            one.agent,
            names.get(one.experience_id, ""),
            f"{one.cron} ({one.time_zone})",
            "paused" if one.state == "paused" else moment(one.due_at),
            one.id[-_SHOWN:],
        )
        for one in schedules
    ]
    print_table(("Agent", "Experience", "When", "Next", "Schedule"), rows, whole=("Agent", "Next", "Schedule"))


@agents.command()
@click.argument("name")
@experience_option
@click.option("--since", metavar="WHEN", help="A date, a time, or how long ago: 7d. [default: 7d]")
@click.option("--until", metavar="WHEN", help="The same. [default: now]")
@as_json
def run(name: str, experience: str, since: str | None, until: str | None, *, as_json: bool) -> None:
    """Run an agent now, and wait for its end; Ctrl-C cancels it."""
    with workbench.connect(door="cli") as bench:
        asked = bench.agents.run(name, experience, since=since, until=until)
        final = asked
        try:
            for now in bench.agents.watch(asked.id):
                if not as_json and (now.cell, now.fault) != (final.cell, final.fault):
                    note(_progress(now))
                final = now
        except KeyboardInterrupt:
            bench.agents.cancel(asked.id)
            note("Cancelled.")
            raise click.exceptions.Exit(INTERRUPTED) from None
    if as_json:
        print_json(final)
    else:
        say(_ended(final))
    if final.state == "failed" and final.fault:
        raise AgentFailedError(final.fault.message, remedy=final.fault.remedy)


@agents.command()
@only_option
@click.option("--limit", type=click.IntRange(1, _MOST_RUNS), default=20, show_default=True, help="How many at most.")
@as_json
def runs(experience: str | None, limit: int, *, as_json: bool) -> None:
    """List runs, the last one first."""
    with workbench.connect(door="cli") as bench:
        found = bench.agents.runs(experience, limit=limit)
        names = {e.id: e.name for e in bench.experiences.list(None)}
    if as_json:
        print_json(found)
        return
    if not found:
        say("No agent has run yet. `workbench agents run weekly-report --experience NAME` runs one.")
        return
    rows = [
        (
            one.agent,
            names.get(one.experience_id, ""),
            one.state,
            "by itself" if one.schedule_id else "asked for",
            moment(one.created_at),
            one.id[-_SHOWN:],
        )
        for one in found
    ]
    print_table(("Agent", "Experience", "State", "Why", "Begun", "Run"), rows, whole=("State", "Begun", "Run"))


@agents.command()
@click.argument("run_id", metavar="RUN")
@as_json
def show(run_id: str, *, as_json: bool) -> None:
    """Show a run: how far it is, or how it ended."""
    with workbench.connect(door="cli") as bench:
        found = _run(bench, run_id)
        experience = bench.experiences.get(found.experience_id).name
    if as_json:
        print_json(found)
        return
    facts = {
        "Agent": found.agent,
        "Experience": experience,
        "State": found.state,
        "From": moment(found.since),
        "Until": moment(found.until),
        "Due": moment(found.due_at) if found.due_at else "",
        "Cell": f"{found.cell} of {found.cells}: {found.line}" if found.cell else "",
        "Why": f"{found.fault.message} {found.fault.remedy}" if found.fault else "",
        "Cost": _cost(found),
        "Report": f"workbench agents open {found.id[-_SHOWN:]}" if found.has_report else "none",
        "Begun": moment(found.started_at) if found.started_at else "",
        "Ended": moment(found.ended_at) if found.ended_at else "",
        "Id": found.id,
    }
    print_facts(facts)


@agents.command()
@click.argument("run_id", metavar="RUN")
@as_json
def cancel(run_id: str, *, as_json: bool) -> None:
    """End a run that is under way or waits."""
    with workbench.connect(door="cli") as bench:
        before = _run(bench, run_id)
        after = bench.agents.cancel(before.id)
        if before.ended_at is None:
            *_, after = [after, *bench.agents.watch(before.id)]
    if as_json:
        print_json(after)
    else:
        say(f"It had ended: {before.state}." if before.ended_at else f"The run is {after.state}.")


@agents.command("open")
@click.argument("run_id", metavar="RUN")
def open_(run_id: str) -> None:
    """Open a run's report in the browser.

    The page lies in a private folder in memory until the Workbench's own process ends.
    """
    with workbench.connect(door="cli") as bench:
        html = bench.agents.report(_run(bench, run_id).id).html
    folder = private_folder(own_scratch_folder(home_folder()) / "shown")
    page = _write(folder / f"{run_id[-_SHOWN:]}.html", html)
    if not webbrowser.open(page.as_uri()):
        say(f"There is no browser here. The page is {page}.")


@agents.command()
@click.argument("run_id", metavar="RUN")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def save(run_id: str, folder: Path) -> None:
    """Write a run's report.html and report.ipynb into FOLDER, where they lie in the clear."""
    with workbench.connect(door="cli") as bench:
        found = _run(bench, run_id)
        html, notebook = bench.agents.report(found.id).html, bench.agents.notebook(found.id)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise not_written(folder, error) from error
    for name, text in (("report.html", html), ("report.ipynb", json.dumps(notebook, indent=1) + "\n")):
        say(f"Wrote {_write(folder / name, text)}.")


@agents.command()
@click.argument("name")
@experience_option
@_times
@as_json
def schedule(name: str, experience: str, cron: str | None, *, as_json: bool) -> None:
    """Let an agent run by itself, at times of this machine's time zone."""
    line = _line(cron)
    with workbench.connect(door="cli") as bench:
        made = bench.agents.schedule(name, experience, line)
    _tell(made, _plan(made), as_json=as_json)


@agents.command()
@click.argument("schedule_id", metavar="SCHEDULE")
@_times
@as_json
def reschedule(schedule_id: str, cron: str | None, *, as_json: bool) -> None:
    """Let a schedule run at other times, from now on."""
    line = _line(cron)
    with workbench.connect(door="cli") as bench:
        changed = bench.agents.reschedule(_schedule(bench, schedule_id).id, line)
    _tell(changed, _plan(changed), as_json=as_json)


@agents.command()
@click.argument("schedule_id", metavar="SCHEDULE")
@as_json
def pause(schedule_id: str, *, as_json: bool) -> None:
    """Let a schedule rest."""
    with workbench.connect(door="cli") as bench:
        changed = bench.agents.pause(_schedule(bench, schedule_id).id)
    _tell(changed, "Paused. To go on: `workbench agents resume`.", as_json=as_json)


@agents.command()
@click.argument("schedule_id", metavar="SCHEDULE")
@as_json
def resume(schedule_id: str, *, as_json: bool) -> None:
    """Let a schedule go on; what was due meanwhile is left out."""
    with workbench.connect(door="cli") as bench:
        changed = bench.agents.resume(_schedule(bench, schedule_id).id)
    _tell(changed, f"Next {moment(changed.due_at)}.", as_json=as_json)


@agents.command()
@click.argument("schedule_id", metavar="SCHEDULE")
@as_json
def unschedule(schedule_id: str, *, as_json: bool) -> None:
    """Take a schedule away; its reports stay."""
    with workbench.connect(door="cli") as bench:
        gone = bench.agents.unschedule(_schedule(bench, schedule_id).id)
    _tell(gone, f"{gone.agent} does not run by itself any more. Its reports are kept.", as_json=as_json)


def _run(bench: Workbench, ending: str) -> Run:
    return _ending(bench.agents.runs(limit=_MOST_RUNS), ending, "run", "runs")


def _schedule(bench: Workbench, ending: str) -> Schedule:
    return _ending(bench.agents.schedules(), ending, "schedule", "list")


def _ending(found: Sequence[_Found], ending: str, noun: str, command: str) -> _Found:
    """The one whose id ends so. Raises NotFoundError."""
    for one in found if ending else ():
        if one.id.endswith(ending.lower()):
            return one
    raise NotFoundError(
        f"There is no {noun} {ending!r}.", remedy=f"`workbench agents {command}` shows those there are."
    )


def _write(path: Path, text: str) -> Path:
    """A file that its owner alone can read. Raises DiskFullError, HomeNotWritableError."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise not_written(path, error) from error
    return path


def _line(cron: str | None) -> str:
    """The cron line that was given. Raises InvalidInputError where none was."""
    if cron is None:
        raise InvalidInputError("It is not said when it should run.", remedy="Add --daily, --weekly or --cron.")
    return cron


def _plan(one: Schedule) -> str:
    paused = "It is paused. " if one.state == "paused" else ""
    return f"{paused}{one.agent} runs at {one.cron!r} ({one.time_zone}), next {moment(one.due_at)}."


def _cost(found: Run) -> str:
    """What a run's summaries cost; empty where no model wrote one."""
    if found.cost_usd is None:
        return "not known" if found.of_unknown_cost else ""
    return f"{'at least ' if found.of_unknown_cost else ''}{money(found.cost_usd)}"


def _progress(now: Run) -> str:
    if now.fault and now.ended_at is None:
        return f"Waiting: {now.fault.message} {now.fault.remedy}"
    return f"{now.cell}/{now.cells}  {now.line}" if now.cell else now.state


def _ended(final: Run) -> str:
    if final.has_report:
        return f"The run has {final.state}. Its report: `workbench agents open {final.id[-_SHOWN:]}`."
    return f"The run has ended: {final.state}."


def _tell(one: Schedule, words: str, *, as_json: bool) -> None:
    if as_json:
        print_json(one)
    else:
        say(words)
