"""What the dashboard shows of all articles: a reader's choices read from the address, and the rows that they leave. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import numpy as np

from pipeline.classify.corpus import TONES
from pipeline.independence import EXCLUDED_TIER, NEWSROOMS, OWN_TIER, OWN_WORDS

if TYPE_CHECKING:
    import pandas as pd

TIERS = ("T0", "T1", "T2", "T3", "TX")
PARAMETERS = {"week": "pekan", "kanwil": "kanwil", "programme": "program", "tone": "tone", "tier": "tier", "page": "hal"}
INDEPENDENT = "mandiri"
# What the dashboard needs of an article: a narrow table is cut several times faster than the whole one.
COLUMNS = [
    "key", "title", "outlet", "tier", "publisher_type", "source_type", "dated_at", "week", "programme_primary",
    "programmes_related", "tone", "unit_primary", "incidents", "needs_review", "story_id", "story_origin", "story_role",
    "event_role",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filters:
    """The choices; "" for all. ``page`` counts from 1."""

    week: str = ""
    kanwil: str = ""
    programme: str = ""
    tone: str = ""
    tier: str = ""
    independent: bool = False
    page: int = 1

    @property
    def chosen(self) -> int:
        """How many choices beside week and page are made."""
        return sum(bool(getattr(self, name)) for name in ("kanwil", "programme", "tone", "tier", "independent"))

    def address(self, **changes: object) -> str:
        """``/?…`` for these choices with some changed."""
        known = {one.name for one in fields(self)}
        made = replace(self, **{"page": 1, **{name: value for name, value in changes.items() if name in known}})  # type: ignore[arg-type]
        query = {told: str(getattr(made, name)) for name, told in PARAMETERS.items() if getattr(made, name) not in ("", 1)}
        return "/?" + urlencode(query | ({INDEPENDENT: "ya"} if made.independent else {}))


def filters_of(query: Mapping[str, str], weeks: list[str], kanwil: frozenset[str], programmes: frozenset[str]) -> Filters:
    """The choices of an address; what does not exist counts as not chosen, no week as the newest one."""
    allowed = {"kanwil": kanwil, "programme": programmes, "tone": {*TONES, "unsure"}, "tier": TIERS, "week": weeks}
    told = {name: query.get(PARAMETERS[name], "") for name in allowed}
    held = {name: value if value in allowed[name] else "" for name, value in told.items()}
    page = query.get("hal", "1")
    held["week"] = held["week"] or (weeks[0] if weeks else "")
    number = int(page) if page.isascii() and page.isdecimal() and len(page) < 6 else 1
    return Filters(**held, independent=query.get(INDEPENDENT) == "ya", page=number)


def counted(frame: pd.DataFrame, filters: Filters, weeks: Collection[str]) -> pd.DataFrame:
    """The articles of the subject that the choices leave in ``weeks``, ``COLUMNS`` of them.

    Reposters only when their tier is chosen.
    """
    mask = frame["week"].isin(list(weeks)) & (frame["relevance"] == "corrections")
    mask &= (frame["tier"] == filters.tier) if filters.tier else (frame["tier"] != EXCLUDED_TIER)
    for column, value in (("kanwil", filters.kanwil), ("tone", filters.tone)):
        if value:
            mask &= frame[column] == value
    found = frame.loc[mask, COLUMNS]
    if filters.programme:
        related = np.array([filters.programme in slugs for slugs in found["programmes_related"]], dtype=bool)
        found = found[(found["programme_primary"] == filters.programme) | related]
    return found[independent_of(found)] if filters.independent else found


def independent_of(frame: pd.DataFrame) -> pd.Series[bool]:
    """``independence.independent`` for every row at once."""
    written = frame["publisher_type"].isin(NEWSROOMS) & frame["source_type"].isin(OWN_WORDS)
    own = ~frame["tier"].isin((OWN_TIER, EXCLUDED_TIER)) & (frame["story_role"] != "reprint")
    return written & own & (frame["event_role"] != "rewrite")
