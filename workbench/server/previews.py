"""`/previews`: what a model answers under an instruction that is only being tried."""

from typing import cast

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse

from workbench.chat.previews import Said
from workbench.conversations.records import Message
from workbench.server.answers import EVENTS, record, stream
from workbench.server.conversations import reply_events
from workbench.server.opened import OpenServices
from workbench.server.personalities import changed
from workbench.server.schemas import NewPreview, text_id

router = APIRouter(prefix="/previews", tags=["previews"])


@router.post("", response_model=Message, status_code=201)
async def start(open_: OpenServices, body: NewPreview) -> Response:
    """Ask a model for a reply that is not kept, shaped by a character; what it cost is written down."""
    begun = await open_.previews.start(
        open_.personalities.render(changed(body.character)),
        [Said(each.author, each.text) for each in body.turns],
        experience_id=text_id(body.experience_id),
        model=body.model,
    )
    return record(begun, status=201)


@router.get("/{preview_id}/stream", responses=EVENTS, response_class=StreamingResponse)
async def follow(open_: OpenServices, preview_id: str) -> Response:
    """A reply as it arrives, as `/messages/{message_id}/stream` gives it."""
    following = open_.previews.follow(preview_id)
    first = await anext(following)
    return stream(reply_events(cast(Message, first), following))


@router.post("/{preview_id}/stop", response_model=Message)
async def stop(open_: OpenServices, preview_id: str) -> Response:
    """End a running one."""
    return record(await open_.previews.stop(preview_id))
