"""The official Python server, wired as its documentation says, with users: `uvicorn app:app --app-dir <this folder>`.

Whoever calls shows a token that is signed with `SECRET`, as Colloquy's are. Pages of `ORIGINS`, a regular expression, may
call it from the browser.
"""

import os
from typing import Annotated

import jwt
from chatkit.server import StreamingResult
from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import StreamingResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from responder import Original
from store import Caller, MemoryStore, UploadLinks

SECRET = os.environ["SECRET"]
ORIGINS = os.environ.get("ORIGINS", r"http://(localhost|127\.0\.0\.1)(:\d+)?")

app = FastAPI()
app.add_middleware(
    CORSMiddleware,
    allow_origin_regex=ORIGINS,
    allow_methods=["POST", "PUT"],
    allow_headers=["authorization", "content-type"],
)
store = MemoryStore()
server = Original(store, UploadLinks())


def caller(request: Request, credentials: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]) -> Caller:
    try:
        user_id = jwt.decode(credentials.credentials, SECRET, algorithms=["HS256"])["sub"]
    except jwt.InvalidTokenError:
        raise HTTPException(401, "sign in again") from None
    return Caller(user_id, str(request.base_url).rstrip("/"))


@app.post("/chatkit")
async def chatkit(request: Request, caller: Annotated[Caller, Depends(caller)]) -> Response:
    result = await server.process(await request.body(), caller)
    if isinstance(result, StreamingResult):
        return StreamingResponse(result, media_type="text/event-stream")
    return Response(result.json, media_type="application/json")


@app.put("/files/{attachment_id}")
async def upload(attachment_id: str, request: Request) -> Response:
    await request.body()
    for owned in store.owned.values():
        if attachment := owned.attachments.get(attachment_id):
            # As the package's documentation asks for it: the address is worth nothing any more.
            owned.attachments[attachment_id] = attachment.model_copy(update={"upload_descriptor": None})
            return Response(status_code=204)
    raise HTTPException(404, "no such file")
