"""`/rules`: what may be sent to models and come back from them, what a reply has to be like, and what rules found."""

from typing import Annotated, cast

from fastapi import APIRouter, Query, Response

from workbench.rules.records import Examined, Firing, Rule, RuleChanges, RuleList
from workbench.rules.records import NewRule as Made
from workbench.server.answers import record
from workbench.server.opened import OpenServices
from workbench.server.schemas import NewRule, RuleChange, RuleMove, RuleReport, RuleTrial, text_id

router = APIRouter(tags=["rules"])


@router.get("/rules", response_model=RuleList)
def rules(open_: OpenServices) -> Response:
    """Every rule, in the order of precedence, and what that order is."""
    return record(open_.rules.list())


@router.post("/rules", response_model=Rule, status_code=201)
def add_rule(open_: OpenServices, body: NewRule) -> Response:
    """Add a rule for the home, for an Experience, or for a conversation."""
    given = body.model_dump(exclude={"kind", "experience_id", "conversation_id"}, exclude_unset=True)
    places = {"experience_id": text_id(body.experience_id), "conversation_id": text_id(body.conversation_id)}
    return record(open_.rules.add(body.kind, **cast(Made, given | places)), status=201)


@router.post("/rules/try", response_model=Examined)
def try_rules(open_: OpenServices, body: RuleTrial) -> Response:
    """What the rules would do with a text; nothing is sent, and nothing of it is kept."""
    tried = open_.rules.try_(
        body.text,
        body.direction,
        experience_id=text_id(body.experience_id),
        conversation_id=text_id(body.conversation_id),
    )
    return record(tried)


@router.get("/rules/firings", response_model=list[Firing])
def firings(
    open_: OpenServices,
    rule_id: str | None = None,
    conversation_id: str | None = None,
    message_id: str | None = None,
    most: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Response:
    """What rules have found, the latest first."""
    found = open_.rules.firings(rule_id=rule_id, conversation_id=conversation_id, message_id=message_id, most=most)
    return record(found)


@router.post("/rules/firings/{firing_id}/undo", response_model=Firing)
def undo_firing(open_: OpenServices, firing_id: str) -> Response:
    """Put back into a reply what was taken out of it."""
    return record(open_.rules.undo(firing_id))


@router.put("/rules/firings/{firing_id}/report", response_model=Firing)
def report_firing(open_: OpenServices, firing_id: str, body: RuleReport) -> Response:
    """Say why what a rule has done was wrong; it stays here."""
    return record(open_.rules.report(firing_id, body.why))


@router.patch("/rules/{rule_id}", response_model=Rule)
def change_rule(open_: OpenServices, rule_id: str, body: RuleChange) -> Response:
    """Change a rule, or switch it off and on."""
    changes = cast(RuleChanges, body.model_dump(exclude_unset=True, exclude={"revision"}))
    return record(open_.rules.change(rule_id, changes, revision=body.revision))


@router.post("/rules/{rule_id}/move", response_model=RuleList)
def move_rule(open_: OpenServices, rule_id: str, body: RuleMove) -> Response:
    """Put a rule at another place among those of its scope."""
    return record(open_.rules.move(rule_id, body.position))


@router.delete("/rules/{rule_id}")
def delete_rule(open_: OpenServices, rule_id: str) -> Response:
    """Keep to a rule no longer; it can be restored."""
    open_.rules.delete(rule_id)
    return record({})


@router.post("/rules/{rule_id}/restore", response_model=Rule)
def restore_rule(open_: OpenServices, rule_id: str) -> Response:
    """Bring a deleted rule back."""
    return record(open_.rules.restore(rule_id))
