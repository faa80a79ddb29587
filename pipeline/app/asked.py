"""What a page is asked and what it answers, without a web framework: pages are functions from ``Asked`` to ``Reply``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

MAX_NAME = 60


@dataclass(frozen=True, slots=True)
class Session:
    """Who asks: ``sid`` names the browser, ``who`` the reviewer ("" before a name is given), ``inside``: the token was right."""

    sid: str
    who: str = ""
    inside: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: the path's own parameters, the query, and of a POST the form. ``many``: every value of each field."""

    session: Session
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    many: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    path: Mapping[str, str] = field(default_factory=dict)
    csrf: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer: a page, or with ``location`` a redirect after a POST. ``session``: a new one to remember."""

    body: str = ""
    status: int = 200
    location: str = ""
    session: Session | None = None


Page = Callable[[Asked], Reply]


@dataclass(frozen=True, slots=True)
class Way:
    """A path that the application answers. ``named``: only for who has given a name; ``open``: also without the token."""

    path: str
    page: Page
    post: bool = False
    named: bool = False
    open: bool = False


def see(location: str) -> Reply:
    """Go there with GET: what follows a POST, so that a reload sends nothing twice."""
    return Reply(status=303, location=location)


def name_of(text: str) -> str:
    """A reviewer's name as the log may hold it: one line of letters, figures and few signs; "" for one that is no name."""
    name = " ".join(text.split())
    fine = all(sign.isalnum() or sign in " .,'-" for sign in name) and any(sign.isalpha() for sign in name)
    return name if fine and len(name) <= MAX_NAME else ""
