"""`/alerts` and `/thresholds`: what models may take, and where they take more."""

from fastapi import APIRouter, Response

from workbench.insights.records import Alert, Threshold
from workbench.server.answers import record
from workbench.server.opened import OpenServices
from workbench.server.schemas import NewThreshold

router = APIRouter(tags=["alerts"])


@router.get("/alerts", response_model=list[Alert])
def alerts(open_: OpenServices) -> Response:
    """Which thresholds are passed now, by the requests of the last 24 hours, and of which budgets much is spent."""
    return record(open_.alerts.read())


@router.get("/thresholds", response_model=list[Threshold])
def thresholds(open_: OpenServices) -> Response:
    """What models may take at most before an alert is raised."""
    return record(open_.alerts.thresholds())


@router.put("/thresholds", response_model=Threshold)
def set_threshold(open_: OpenServices, body: NewThreshold) -> Response:
    """Say what a model, or each of them, may take at most; what was said before of the same is changed."""
    return record(open_.alerts.set(body.measure, body.most, model=body.model))


@router.delete("/thresholds/{threshold_id}")
def remove_threshold(open_: OpenServices, threshold_id: str) -> Response:
    """Raise no alert for this any more."""
    open_.alerts.remove(threshold_id)
    return record({})
