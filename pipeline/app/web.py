"""The pages over HTTP: hosts, methods, sizes, forms, cookies and headers are checked and set here, and nowhere else.

Rules: OWASP Cheat Sheets "CSRF Prevention" and "Content Security Policy"; DNS rebinding is met by the Host header's list.
"""

from __future__ import annotations

import hashlib
import logging
import traceback
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipeline.app.asked import Asked, Reply, Session, Way
from pipeline.app.signing import Signer, new_session
from pipeline.errors import PantauError

log = logging.getLogger("pantau.app")

COOKIE = "pantau"
MAX_BODY = 64_000  # bytes of a form
MAX_FIELDS = 200
MAX_ADDRESS = 4_000  # bytes of path and query
KINDS = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # Not "no-referrer": with it a browser sends `Origin: null` with the application's own forms.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-store",
}
Failed = Callable[[int, str], str]


class Site:
    """The application: ``ways`` behind the checks. ``failed(status, detail)`` makes the page of an error."""

    def __init__(
        self,
        ways: Iterable[Way],
        static: Path,
        hosts: frozenset[str],
        signer: Signer,
        failed: Failed,
        *,
        token: bool,
        login: str,
    ) -> None:
        self._hosts, self._signer, self._failed, self._token, self._login = hosts, signer, failed, token, login
        self._files = {path.name: (path.read_bytes(), KINDS[path.suffix]) for path in sorted(static.iterdir())}
        routes = [Route(way.path, self._endpoint(way), methods=["POST" if way.post else "GET"]) for way in ways]
        routes.append(Route("/static/{name}", self._static, methods=["GET"]))
        self.application = Starlette(routes=routes, exception_handlers={HTTPException: self._refused, Exception: self._broken})

    def _endpoint(self, way: Way) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            self._check_address(request)
            known = self._signer.session(request.cookies.get(COOKIE, ""))
            session = known or new_session()
            form = await self._form(request, session) if way.post else []
            if (self._token and not session.inside and not way.open) or (way.named and not session.who):
                return self._response(request, Reply(status=303, location=self._login), None if known else session)
            asked = Asked(
                session=session,
                query=request.query_params,
                form=dict(form),
                many=_many(form),
                path={name: str(value) for name, value in request.path_params.items()},
                csrf=self._signer.csrf(session),
            )
            try:
                reply = await run_in_threadpool(way.page, asked)
            except PantauError as error:
                log.error("page failed", extra={"path": way.path, "error": str(error)})
                reply = Reply(self._failed(503, str(error)), 503)
            return self._response(request, reply, reply.session or (None if known else session))

        return endpoint

    def _check_address(self, request: Request) -> None:
        if request.headers.get("host", "").lower() not in self._hosts:
            raise HTTPException(421)
        if len(request.url.path) + len(request.url.query) > MAX_ADDRESS:
            raise HTTPException(414)

    async def _form(self, request: Request, session: Session) -> list[tuple[str, str]]:
        """The fields of a form that our own page sent."""
        origin = request.headers.get("origin")
        if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
            raise HTTPException(403)
        if origin is not None and origin.partition("://")[2].lower() not in self._hosts:
            raise HTTPException(403)
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
            raise HTTPException(415)
        body = bytearray()
        async for piece in request.stream():
            body += piece
            if len(body) > MAX_BODY:
                raise HTTPException(413)
        try:
            fields = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict")
        except ValueError:
            raise HTTPException(400) from None
        if not self._signer.is_csrf(session, dict(fields).get("csrf", "")):
            raise HTTPException(403)
        return fields

    def _response(self, request: Request, reply: Reply, session: Session | None) -> Response:
        response = Response(reply.body, reply.status, HEADERS, "text/html")
        if reply.location:
            response.headers["location"] = reply.location
        if session is not None:
            secure = request.url.scheme == "https"
            response.set_cookie(COOKIE, self._signer.cookie(session), httponly=True, samesite="strict", secure=secure)
        return response

    async def _static(self, request: Request) -> Response:
        self._check_address(request)
        if (held := self._files.get(request.path_params["name"])) is None:
            raise HTTPException(404)
        headers = {**HEADERS, "cache-control": "public, max-age=31536000, immutable"}  # the address names the content
        return Response(held[0], headers=headers, media_type=held[1])

    def versions(self) -> Mapping[str, str]:
        """File name → address with a digest of its content, for the templates."""
        return {name: f"/static/{name}?v={hashlib.sha256(held[0]).hexdigest()[:12]}" for name, held in self._files.items()}

    async def _refused(self, _request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        return Response(self._failed(status, ""), status, HEADERS, "text/html")

    async def _broken(self, request: Request, error: Exception) -> Response:
        # No message and no values: they may hold what an article says.
        frames = traceback.extract_tb(error.__traceback__)
        where = " ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames[-4:])
        log.error("page broke", extra={"path": request.url.path, "error": type(error).__name__, "where": where})
        return Response(self._failed(500, ""), 500, HEADERS, "text/html")


def _many(form: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, value in form:
        found[name] = (*found.get(name, ()), value)
    return found
