"""Cookies that only this process can have written, and the tokens that tie a form to the browser that was shown it."""

from __future__ import annotations

import hmac
import secrets

from itsdangerous import BadData, URLSafeTimedSerializer

from pipeline.app.asked import Session

HOURS = 12  # after which a name is asked again


class Signer:
    """Signs with a secret of its own, made at its start and kept nowhere: a restart asks every reviewer's name again."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)
        self._cookies = URLSafeTimedSerializer(self._secret, salt="session")

    def cookie(self, session: Session) -> str:
        """The session as a cookie's value."""
        return str(self._cookies.dumps([session.sid, session.who, session.inside]))

    def session(self, cookie: str) -> Session | None:
        """The session of a cookie; None when it is forged, too old, or of an earlier process."""
        try:
            sid, who, inside = self._cookies.loads(cookie, max_age=HOURS * 3600)
        except (BadData, ValueError, TypeError):
            return None
        return Session(str(sid), str(who), bool(inside))

    def csrf(self, session: Session) -> str:
        """What every form of this session must send back."""
        return hmac.new(self._secret, f"csrf {session.sid}".encode(), "sha256").hexdigest()

    def is_csrf(self, session: Session, told: str) -> bool:
        """Whether a form was made for this session."""
        return same(self.csrf(session), told)


def new_session() -> Session:
    """A browser that was not here before."""
    return Session(secrets.token_urlsafe(18))


def same(one: str, other: str) -> bool:
    """Equality that takes as long for a wrong guess as for a right one."""
    return hmac.compare_digest(one.encode(), other.encode())
