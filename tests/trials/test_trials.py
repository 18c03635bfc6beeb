"""Trials through a real owner and a stand-in for models."""

import json
import time
from dataclasses import replace
from decimal import Decimal

import nbformat
import papermill
import pytest

from tests.conftest import add_model, kill_owner
from tests.inside import owner_inside
from workbench.client import Workbench, connect
from workbench.errors import ConflictError, DiskFullError, InvalidInputError, NotFoundError
from workbench.prompts.records import Variable
from workbench.trials import store
from workbench.trials.records import Assertion, Configuration, Trial

KIND = Configuration(name="Kind", instruction="Be kind.")
CURT = Configuration(name="Curt", instruction="Be curt.")


@pytest.fixture(scope="module")
def bench(tmp_path_factory, provider):
    with owner_inside(tmp_path_factory.mktemp("trials") / "home") as inside:
        bench = inside.bench()
        bench.home = inside.home
        for name in ("recall", "judge", "limited", "echo"):
            add_model(bench, provider, name)
        bench.models.set_default("standin/recall")
        yield bench


def questions(bench: Workbench, count: int, *assertions: Assertion):
    return [bench.trials.case(f"Question {n}?", *assertions) for n in range(count)]


def run(bench: Workbench, trial: Trial) -> Trial:
    bench.trials.run(trial.id)
    return list(bench.trials.watch(trial.id))[-1]


def says(text: str) -> Assertion:
    return Assertion(kind="contains", text=text)


# What is found


def test_the_better_configuration_is_found_and_said_plainly(bench):
    trial = bench.trials.create("Kindness", [CURT, KIND], cases=questions(bench, 8, says("kind")))
    done = run(bench, trial)
    assert (done.state, done.asked, done.reason) == ("done", 16, "")
    report = bench.trials.report(trial.id)
    (comparison,) = report.comparisons
    assert (comparison.wins, comparison.losses, comparison.ties) == (8, 0, 0)
    assert comparison.is_shown
    assert comparison.sentence == (
        "Kind is better: Kind did better in 8, Curt in 0, and both equally well in 0 of 8 cases. "
        "Kind wins 63% to 100% of the decided cases."
    )
    assert [one.cases_passed for one in report.summaries] == [0, 8]
    assert "Kind is better" in report._repr_html_()
    results = bench.trials.results(trial.id)
    assert {(one.configuration, one.passed) for one in results} == {(0, False), (1, True)}
    assert results[0].verdicts[0].why == "“kind” does not stand in it."


def test_what_makes_no_difference_is_said_to_show_none(bench):
    trial = bench.trials.create("Same", [CURT, KIND], cases=questions(bench, 6, says("Question")))
    run(bench, trial)
    report = bench.trials.report(trial.id)
    assert report.comparisons[0].sentence == (
        "No difference shown between Curt and Kind: in all 6 cases both did equally well."
    )
    assert report.rules[2] == (
        "To find with a probability of 80% that one wins 75% of the decided cases takes 35; there are 6 cases, which "
        "find it with a probability of 18% at most. Add cases: repetitions are no further cases."
    )


def test_results_come_as_a_dataframe(bench):
    trial = bench.trials.create("Frame", [KIND], cases=questions(bench, 2, says("kind")), repetitions=2)
    run(bench, trial)
    frame = bench.trials.frame(trial.id)
    assert frame.shape[0] == 4
    assert frame["configuration"].to_list() == ["Kind"] * 4
    assert frame["case_name"].to_list() == ["Question 0?"] * 2 + ["Question 1?"] * 2
    assert frame["passed"].all()
    assert frame["words"].min() > 3


def test_a_prompt_is_tested_on_cases_over_two_models(bench):
    both = [Configuration(name=name, model=f"standin/{name}", instruction="Be kind.") for name in ("recall", "echo")]
    trial = bench.trials.create("Prompt", both, cases=questions(bench, 3, says("Be kind")))
    run(bench, trial)
    assert [one.cases_passed for one in bench.trials.report(trial.id).summaries] == [3, 0]


def test_every_call_is_in_the_ledger_under_its_purpose(bench):
    trial = bench.trials.create("Ledger", [KIND], cases=questions(bench, 2), judge="standin/judge")
    before = bench.calls().height
    run(bench, trial)
    assert sorted(bench.calls()["purpose"].to_list()[before:]) == ["judge", "judge", "trial", "trial"]
    assert bench.trials.get(trial.id).of_unknown_cost == 4


# Rules


@pytest.fixture
def rule(bench):
    """Adds rules that are gone after the test."""
    made = []

    def add(kind, *words, **given):
        made.append(bench.rules.add(kind, *words, **given))
        return made[-1]

    yield add
    for one in made:
        if one in bench.rules.list():
            bench.rules.delete(one.id)


def test_a_model_is_tried_with_and_without_a_rule(bench, rule):
    hidden = rule("words", "basalt", enabled=False)
    both = [Configuration(name="Free"), Configuration(name="Ruled", rules=(hidden.id,))]
    trial = bench.trials.create("Rule", both, cases=[bench.trials.case("Say basalt.", says("basalt"))])
    assert run(bench, trial).state == "done"
    free, ruled = bench.trials.results(trial.id)
    assert (free.text.strip(), free.passed) == ("user: Say basalt.", True)
    assert ("basalt" in ruled.text, "[removed: " in ruled.text, ruled.passed) == (False, True, False)
    assert [one.taken for one in bench.rules.firings(rule=hidden.id)] == ["basalt"]


def test_a_rule_that_ends_replies_gives_no_reply_and_says_why(bench, rule):
    ends = rule("words", "basalt", enabled=False, action="block", direction="incoming")
    both = [Configuration(name="Free"), Configuration(name="Ruled", rules=(ends.id,))]
    trial = bench.trials.create("Ends", both, cases=[bench.trials.case("Say basalt.", says("basalt"))])
    run(bench, trial)
    free, ruled = bench.trials.results(trial.id)
    assert (free.fault, ruled.fault.code) == (None, "rule_blocked")


def test_what_a_rule_asks_of_a_reply_is_told_and_limits_its_length(bench, provider, rule):
    add_model(bench, provider, "told")
    always = rule("require", text="Name a source.", enabled=False)
    short = rule("length", most_words=20, enabled=False)
    plain = Configuration(name="Free", model="standin/told", instruction="Be kind.")
    both = [plain, replace(plain, name="Ruled", rules=(short.id, always.id, short.id))]
    trial = bench.trials.create("Asked", both, cases=questions(bench, 1, says("x")))
    free, ruled = trial.configurations
    assert (free.told, free.most_output_tokens, free.rule_revisions) == ("Be kind.", None, {})
    assert ruled.told == (
        "Be kind.\n\nKeep to these rules in every reply:\n- Always: Name a source.\n- Answer in at most 20 words."
    )
    assert (ruled.rules, ruled.rule_revisions) == ((short.id, always.id), {short.id: 1, always.id: 1})
    run(bench, trial)
    assert [json.loads(one.text).get("max_tokens") for one in bench.trials.results(trial.id)] == [None, 82]


def test_what_holds_in_the_home_and_the_experience_holds_in_trials_whatever_a_configuration_names(bench, rule):
    experience = bench.experiences.create("Geology")
    rule("words", "basalt")
    rule("require", text="Name a source.", experience="Geology")
    other = rule("words", "granite", action="warn", enabled=False)
    both = [Configuration(name="Free"), Configuration(name="Ruled", rules=(other.id,))]
    case = bench.trials.case("Say basalt.", says("basalt"))
    trial = bench.trials.create("Home", both, cases=[case], experience=experience.name)
    run(bench, trial)
    for one in bench.trials.results(trial.id):
        assert (one.passed, "[removed: " in one.text, "- Always: Name a source." in one.text) == (False, True, True)
    outside = bench.trials.create("Outside", both, cases=[case])
    assert [one.told for one in outside.configurations] == ["", ""]


def test_a_trial_pauses_where_a_rule_of_it_was_changed_or_deleted_and_asks_nothing(bench, rule):
    hidden = rule("words", "basalt", enabled=False)
    one = Configuration(name="Ruled", rules=(hidden.id,))
    trial = bench.trials.create("Changed", [one], cases=questions(bench, 3))
    bench.rules.change(hidden.id, words=["granite"])
    asked = bench.calls().height
    paused = run(bench, trial)
    assert (paused.state, paused.asked, bench.calls().height) == ("paused", 0, asked)
    assert paused.reason == "It could not go on: The rule 'basalt' has been changed."
    anew = bench.trials.create("Anew", [one], cases=questions(bench, 3))
    assert anew.configurations[0].rule_revisions == {hidden.id: 2}
    bench.rules.delete(hidden.id)
    assert run(bench, anew).reason == f"It could not go on: The rule '{hidden.id}' has been deleted."
    with pytest.raises(NotFoundError, match="There is no rule 'nonsense'") as caught:
        bench.trials.create("Unknown", [Configuration(name="A", rules=("nonsense",))], cases=questions(bench, 1))
    assert caught.value.remedy


# The judge


def test_the_judge_scores_whoever_stands_where(bench):
    trial = bench.trials.create(
        "Judged", [CURT, KIND], cases=questions(bench, 6), judge="standin/judge", outcome="score", rubric="Kindness."
    )
    run(bench, trial)
    report = bench.trials.report(trial.id)
    assert [one.score for one in report.summaries] == [2.0, 5.0]
    assert (report.comparisons[0].difference, report.comparisons[0].is_shown) == (3.0, True)
    assert (report.comparisons[0].interval.low, report.comparisons[0].interval.high) == (3.0, 3.0)


@pytest.mark.parametrize(("judge", "why"), [("echo", "is no JSON"), ("limited", "could not be asked")])
def test_a_judge_that_answers_nonsense_or_not_at_all_gives_no_verdict(bench, judge, why):
    trial = bench.trials.create(
        f"Nonsense {judge}", [CURT, KIND], cases=questions(bench, 2), judge=f"standin/{judge}", outcome="score"
    )
    done = run(bench, trial)
    assert done.state == "done"
    assert all(one.score.score is None and why in one.score.reason for one in bench.trials.results(trial.id))
    report = bench.trials.report(trial.id)
    assert report.summaries[0].without_verdict == 2
    assert "nothing is compared yet" in report.comparisons[0].sentence
    assert any("the judge gave no verdict in 2 cases" in line for line in report.remarks)


# Rating


def test_an_a_b_is_rated_blindly_and_revealed_at_its_end(bench):
    trial = bench.trials.create("Blind", [CURT, KIND], cases=questions(bench, 6), outcome="rating")
    waiting = run(bench, trial)
    assert (waiting.state, waiting.to_rate) == ("rating", 6)
    for withheld in (bench.trials.results, bench.trials.frame):
        with pytest.raises(ConflictError, match="rated blindly: 6 pairs to go"):
            withheld(trial.id)
    assert bench.trials.report(trial.id).summaries == ()
    sides = set()
    for number in range(1, 7):
        pair = bench.trials.pair(trial.id)
        assert (pair.number, pair.total) == (number, 6)
        kind_is_left = "Be kind" in pair.left
        sides.add(kind_is_left)
        ended = bench.trials.rate(trial.id, number, "left" if kind_is_left else "right")
    assert sides == {True, False}
    assert ended.state == "done"
    (comparison,) = bench.trials.report(trial.id).comparisons
    assert (comparison.wins, comparison.losses, comparison.is_shown) == (6, 0, True)
    with pytest.raises(ConflictError, match="not being rated"):
        bench.trials.undo(trial.id)
    with pytest.raises(NotFoundError, match="nothing to rate"):
        bench.trials.pair(trial.id)


def test_nothing_tells_whose_a_reply_is_before_the_rating_begins(bench):
    both = [replace(one, model="standin/limited") for one in (CURT, KIND)]
    trial = bench.trials.create("Not yet", both, cases=questions(bench, 6), outcome="rating")
    assert run(bench, trial).state == "paused"
    with pytest.raises(ConflictError, match="'Not yet' is to be rated blindly"):
        bench.trials.results(trial.id)
    assert bench.trials.report(trial.id).summaries == ()
    bench.trials.stop(trial.id)
    assert len(bench.trials.results(trial.id)) >= 5


def test_a_rating_can_be_taken_back_and_is_made_once(bench):
    trial = bench.trials.create("Undo", [CURT, KIND], cases=questions(bench, 3), outcome="rating")
    run(bench, trial)
    first = bench.trials.pair(trial.id)
    bench.trials.rate(trial.id, 1, "tie")
    assert bench.trials.rate(trial.id, 1, "tie").rated == 1
    with pytest.raises(ConflictError, match="not pair 1's turn"):
        bench.trials.rate(trial.id, 1, "left")
    assert bench.trials.undo(trial.id).rated == 0
    assert bench.trials.pair(trial.id) == first
    with pytest.raises(NotFoundError, match="Nothing has been rated"):
        bench.trials.undo(trial.id)


# How it ends


def test_a_sequential_trial_ends_early_only_at_a_planned_look_and_says_so(bench):
    trial = bench.trials.create(
        "Sequential", [CURT, KIND], cases=questions(bench, 20, says("kind")), stopping="sequential", looks=2
    )
    done = run(bench, trial)
    assert (done.state, done.asked, done.looked, done.difference_found) == ("done", 20, 1, True)
    assert done.reason == "It ended at look 1 of 2, after 10 of 20 cases, as planned."
    report = bench.trials.report(trial.id)
    assert report.comparisons[0].is_shown
    assert done.reason in report.remarks
    assert any("ended early" in line for line in report.remarks)


def test_a_sequential_trial_without_a_difference_goes_to_its_end(bench):
    trial = bench.trials.create(
        "To the end", [CURT, KIND], cases=questions(bench, 6, says("Question")), stopping="sequential", looks=3
    )
    done = run(bench, trial)
    assert (done.asked, done.looked, done.difference_found, done.reason) == (12, 3, False, "")
    assert "No difference shown" in bench.trials.report(trial.id).comparisons[0].sentence


def test_a_sequential_rating_ends_at_its_look(bench):
    trial = bench.trials.create(
        "Rated early", [CURT, KIND], cases=questions(bench, 20), outcome="rating", stopping="sequential", looks=2
    )
    run(bench, trial)
    for number in range(1, 11):
        pair = bench.trials.pair(trial.id)
        state = bench.trials.rate(trial.id, number, "left" if "Be kind" in pair.left else "right")
    assert (state.state, state.reason) == ("done", "It ended at look 1 of 2, after 10 pairs, as planned.")


def test_a_stopped_trial_says_so_and_shows_no_difference(bench):
    trial = bench.trials.create("Stopped", [CURT, KIND], cases=questions(bench, 6), outcome="rating")
    run(bench, trial)
    for number in (1, 2):
        bench.trials.rate(trial.id, number, "left")
    stopped = bench.trials.stop(trial.id)
    assert (stopped.state, stopped.reason) == (
        "stopped",
        "You stopped it before its planned end, after 2 of 6 pairs.",
    )
    report = bench.trials.report(trial.id)
    assert not report.comparisons[0].is_shown
    assert stopped.reason in report.remarks
    for again in (bench.trials.run, bench.trials.stop):
        with pytest.raises(InvalidInputError, match="has ended"):
            again(trial.id)


def test_a_trial_can_rest_and_go_on(bench, provider):
    slow = add_model(bench, provider, "paced-4-20")
    trial = bench.trials.create("Rest", [Configuration(name="A", model=slow.id)], cases=questions(bench, 8))
    bench.trials.run(trial.id)
    while bench.trials.get(trial.id).asked < 3:
        time.sleep(0.02)
    paused = bench.trials.pause(trial.id)
    assert (paused.state, paused.reason) == ("paused", "You paused it.")
    assert 3 <= paused.asked < 8
    kept = {one.id for one in bench.trials.results(trial.id)}
    assert run(bench, trial).state == "done"
    assert kept < {one.id for one in bench.trials.results(trial.id)}


def test_a_model_that_does_not_answer_pauses_the_trial_with_the_reason(bench):
    trial = bench.trials.create(
        "Limited", [Configuration(name="A", model="standin/limited")], cases=questions(bench, 9, says("x"))
    )
    paused = run(bench, trial)
    assert paused.state == "paused"
    assert paused.reason.startswith("5 questions in a row got no reply: ")
    assert paused.fault.code == "rate_limited"
    assert paused.asked == 0


def test_a_budget_that_is_reached_pauses_the_trial(bench, provider):
    model = add_model(bench, provider, "paced-20-0")
    bench.models.correct(model.id, input_usd_per_million=0, output_usd_per_million=1000)
    experience = bench.experiences.create("Trial budget", model=model.id)
    budget = bench.budgets.set(Decimal("0.13"), experience=experience.name)
    trial = bench.trials.create(
        "Budget", [Configuration(name="A", model=model.id)], cases=questions(bench, 12), experience=experience.name
    )
    paused = run(bench, trial)
    assert (paused.state, paused.fault.code) == ("paused", "budget_reached")
    assert paused.reason.startswith("It paused as a budget is reached: ")
    assert 2 < paused.asked < 12
    assert paused.cost_usd == Decimal("0.02") * paused.asked
    bench.budgets.remove(budget.id)
    assert run(bench, trial).state == "done"


def test_a_reply_that_cannot_be_saved_pauses_the_trial_with_the_reason(bench, monkeypatch):
    trial = bench.trials.create("Full", [KIND], cases=questions(bench, 3))

    def full(*_):
        raise DiskFullError("The disk is full.", remedy="Free some space.")

    with monkeypatch.context() as patch:
        patch.setattr(store, "put_result", full)
        paused = run(bench, trial)
    assert (paused.state, paused.reason) == ("paused", "It could not go on: The disk is full.")
    assert paused.fault.code == "disk_full"
    assert run(bench, trial).asked == 3


def test_after_a_crash_it_goes_on_and_asks_nothing_twice(home, provider):
    with connect(home) as bench:
        model = add_model(bench, provider, "paced-4-20")
        trial = bench.trials.create("Crash", [Configuration(name="A", model=model.id)], cases=questions(bench, 10))
        bench.trials.run(trial.id)
        while bench.trials.get(trial.id).asked < 4:
            time.sleep(0.02)
        kill_owner(home)
        paused = bench.trials.get(trial.id)
        assert (paused.state, paused.reason) == ("paused", "The Workbench was stopped while it ran.")
        kept = {one.id for one in bench.trials.results(trial.id)}
        assert len(kept) >= 4
        assert run(bench, trial).state == "done"
        results = bench.trials.results(trial.id)
        assert len(results) == 10
        assert kept < {one.id for one in results}
        assert bench.calls().filter(purpose="trial", ended="complete").height == 10


# Before it begins


def test_what_it_costs_is_said_first_and_what_is_unknown_stays_so(bench, provider):
    unknown = bench.trials.estimate([CURT, KIND], cases=questions(bench, 3, says("x")), judge="standin/judge")
    assert (unknown.requests, unknown.cost_high_usd) == (9, None)
    assert unknown.lines[1] == "What it costs is unknown, as the price of standin/judge, standin/recall is."
    model = add_model(bench, provider, "paced-30-0")
    bench.models.correct(model.id, input_usd_per_million=1, output_usd_per_million=10)
    known = bench.trials.estimate([Configuration(name="A", model=model.id)], cases=questions(bench, 3), repetitions=2)
    assert known.requests == 6
    assert Decimal(0) < known.cost_low_usd < known.cost_high_usd
    assert known.lines[1].startswith("Together $")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"cases": []}, "1 to 200 cases, not 0"),
        ({"configurations": []}, "1 to 6 configurations, not 0"),
        ({"configurations": [CURT, CURT]}, "Two configurations are called 'Curt'"),
        ({"outcome": "score"}, "no judge"),
        ({"outcome": "passes", "cases": "plain"}, "No case has assertions"),
        ({"outcome": "rating", "configurations": [CURT]}, "One configuration cannot be compared"),
        ({"smallest_effect": 0.5}, "a share of wins from 0.55"),
        ({"stopping": "sequential", "looks": 1}, "has 2 to 5 looks"),
        ({"looks": 3}, "looked at once"),
        ({"repetitions": 11}, "1 to 10 repetitions, not 11"),
        ({"name": " "}, "a name of 1 to 100 characters"),
    ],
)
def test_a_plan_that_cannot_work_is_refused(bench, given, said):
    cases = questions(bench, 2, says("x"))
    plan = {"name": "Bad", "configurations": [CURT, KIND], "cases": cases} | given
    if plan["cases"] == "plain":
        plan["cases"] = questions(bench, 2)
    with pytest.raises(InvalidInputError, match=said) as caught:
        bench.trials.create(plan.pop("name"), plan.pop("configurations"), **plan)
    assert caught.value.remedy


def test_a_pattern_that_explodes_names_its_case(bench):
    case = bench.trials.case("Why?", Assertion(kind="matches", text="(a+)+$"))
    with pytest.raises(InvalidInputError, match="Case 1: The pattern"):
        bench.trials.create("Bad", [CURT], cases=[case])


def test_the_shipped_sets_can_all_be_run(bench):
    for one in bench.trials.sets():
        assert 5 <= len(one.cases) <= 10
        assert one.rubric
        made = bench.trials.create(one.title, [CURT, KIND], case_set=one.name)
        assert [case.name for case in made.cases] == [case.name for case in one.cases]
        bench.trials.remove(made.id)
    with pytest.raises(NotFoundError, match="no set 'none'"):
        bench.trials.create("None", [CURT], case_set="none")


def test_cases_come_from_a_conversation_with_what_was_said_before(bench):
    experience = bench.experiences.create("Mine", model="standin/echo")
    for text in ("First?", "Second?"):
        experience.ask(text)
    (conversation,) = bench.conversations.list(experience.id).conversations
    first, second = bench.trials.cases_of(conversation.id)
    assert [turn.text for turn in first.turns] == ["First?"]
    assert [turn.role for turn in second.turns] == ["user", "assistant", "user"]
    assert second.name == "Second?"


# Personalities


def test_two_versions_of_a_personality_are_compared(bench):
    first = bench.personalities.create("Greeter", tone="curt")
    bench.personalities.update(first.id, tone="kind")
    both = [Configuration(name="", personality="greeter", version=number) for number in (1, 2)]
    trial = bench.trials.create("Versions", both, cases=questions(bench, 6, says("Tone: kind")))
    assert [one.name for one in trial.configurations] == ["Greeter, version 1", "Greeter, version 2"]
    run(bench, trial)
    assert bench.trials.report(trial.id).comparisons[0].wins == 6
    with pytest.raises(NotFoundError, match="'Greeter' has no version 9"):
        bench.trials.create("None", [Configuration(name="", personality=first.id, version=9)], cases=trial.cases)


def test_a_suggestion_is_accepted_as_the_personalitys_next_version(bench):
    made = bench.personalities.create("Talker", tone="warm")
    shaped = Configuration(name="Talker", personality=made.id, instruction="Answer at once.")
    trial = bench.trials.create("Too long", [shaped, KIND], cases=questions(bench, 3, Assertion(kind="length", most=2)))
    assert trial.configurations[0].told == "Tone: warm.\n\nAnswer at once."
    run(bench, trial)
    edits = bench.trials.report(trial.id).edits
    assert [(one.configuration, one.field, one.text) for one in edits] == [
        ("Talker", "length", "brief"),
        ("Kind", "length", "brief"),
    ]
    assert edits[0].reason.startswith("3 of 3 replies are longer than asked for")
    changed = bench.trials.accept(trial.id, 1)
    assert (changed.version, changed.character.length) == (2, "brief")
    assert bench.personalities.versions(made.id)[0].note.startswith("Trial Too long: 3 of 3")
    with pytest.raises(ConflictError, match="tried version 1"):
        bench.trials.accept(trial.id, 1)
    with pytest.raises(InvalidInputError, match="'Kind' has no personality"):
        bench.trials.accept(trial.id, 2)
    with pytest.raises(NotFoundError, match="no suggestion 3"):
        bench.trials.accept(trial.id, 3)


def test_two_versions_of_a_prompt_are_compared_with_its_values_filled_in(bench):
    made = bench.prompts.create("greet", text="Greet {{ who }}.", use="system", variables=[Variable(name="who")])
    bench.prompts.update(made.id, text="Greet {{ who }} kindly.")
    both = [
        Configuration(name="", prompt="greet", prompt_version=number, prompt_values={"who": "Ada"}) for number in (1, 2)
    ]
    trial = bench.trials.create("Prompts", both, cases=questions(bench, 5, says("Ada kindly.")))
    assert [(one.name, one.told) for one in trial.configurations] == [
        ("greet, version 1", "Greet Ada."),
        ("greet, version 2", "Greet Ada kindly."),
    ]
    run(bench, trial)
    assert bench.trials.report(trial.id).comparisons[0].wins == 5
    with pytest.raises(InvalidInputError, match=r"'greet' cannot be tried: .*who"):
        bench.trials.create("None", [Configuration(name="", prompt="greet")], cases=trial.cases)


# The notebook


def test_a_trial_is_repeated_by_papermill_from_its_notebook(bench, tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_HOME", str(bench.home))
    hostile = bench.trials.case("A \"quoted' one \\ {here}?", says("kind"))
    trial = bench.trials.create("Repeat", [CURT, KIND], cases=[hostile, *questions(bench, 2, says("kind"))], seed=7)
    file = tmp_path / "trial.ipynb"
    file.write_text(json.dumps(bench.trials.notebook(trial.id)), encoding="utf-8")
    done = papermill.execute_notebook(
        str(file), str(tmp_path / "done.ipynb"), parameters={"name": "Again"}, progress_bar=False, log_output=False
    )
    again = bench.trials.list(limit=1)[0]
    assert (again.name, again.state, again.seed, again.asked) == ("Again", "done", 7, 6)
    assert again.cases == trial.cases
    shown = json.dumps(done.cells)
    assert "No difference shown between Curt and Kind: Kind did better in 3" in shown
    assert "shape: (6, " in shown


def test_a_rated_trials_notebook_waits_for_its_rating(bench):
    trial = bench.trials.create("Rated", [CURT, KIND], cases=questions(bench, 2), outcome="rating")
    made = bench.trials.notebook(trial.id)
    nbformat.validate(nbformat.from_dict(made))
    assert "workbench trials rate" in json.dumps(made)
