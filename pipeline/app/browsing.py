"""The pages that only show: a week's dashboard, a story with its copies, an article with its evidence, the sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline import overview
from pipeline.app import drawing, figures
from pipeline.app.asked import Asked, Reply
from pipeline.app.filters import TIERS, counted, filters_of
from pipeline.app.held import Held, Shelf
from pipeline.app.highlight import paragraphs, spans_of
from pipeline.app.rendering import Render
from pipeline.catalogued import Known, known_sources
from pipeline.classify.taxonomy import OUTSIDE, UMUM, Taxonomy
from pipeline.dates import Week
from pipeline.report import labels
from pipeline.stories.corrections import FIELDS, text_of

PAGE = 50  # articles on one page of the list
STATES = ("blocked", "slow", "failing", "never", "active", "retired")  # those first that need a person


@dataclass(frozen=True, slots=True)
class Facts:
    """What the configuration knows: the report's list of programmes, all lists, regional offices, names of units."""

    taxonomy: Taxonomy
    taxonomies: Mapping[str, Taxonomy]
    kanwil: Sequence[str]
    units: Sequence[str]

    @property
    def slugs(self) -> list[str]:
        """The report's programmes of the corrections half first, then the two answers beside them."""
        return [one.slug for one in self.taxonomy.programmes if one.scope != "imi"] + [UMUM, OUTSIDE]


class Browsing:
    """Each method answers one path."""

    def __init__(self, shelf: Shelf, facts: Facts, render: Render) -> None:
        self._shelf, self._facts, self._render = shelf, facts, render

    def show(self, asked: Asked, template: str, **values: object) -> Reply:
        """A page of the common frame."""
        return Reply(self._render(template, session=asked.session, csrf=asked.csrf, **values))

    def missing(self, asked: Asked, what: str) -> Reply:
        """The page that says that ``what`` is not held."""
        told = self._render("pesan.html", session=asked.session, csrf=asked.csrf, title="Tidak ditemukan", text=what)
        return Reply(told, 404)

    def week(self, asked: Asked) -> Reply:
        """The dashboard."""
        held = self._shelf.held()
        weeks = sorted(held.frame["week"].unique(), reverse=True)
        programmes = frozenset(
            {UMUM, OUTSIDE, *(one.slug for list_ in self._facts.taxonomies.values() for one in list_.programmes)}
        )
        filters = filters_of(asked.query, weeks, frozenset(self._facts.kanwil), programmes)
        if not filters.week:
            return self.missing(asked, "Belum ada artikel yang dinilai. Jalankan pantau run atau pantau demo lebih dahulu.")
        week = Week.parse(filters.week)
        frame = counted(held.frame, filters, figures.weeks_to(week))
        this, before = frame[frame["week"] == filters.week], frame[frame["week"] == str(week.before)]
        if running := week.end > (now := datetime.now(UTC)):  # a part of a week is held against the same part of the one before
            before = before[before["dated_at"] <= now - timedelta(days=7)]
        programme_bars = figures.by_programme(this, self._facts.slugs)
        outlet_bars = figures.by_outlet(this)
        trend, days = figures.by_week(frame, week, held.raw["first_seen"].min()), figures.by_day(this, week)
        pages = max(1, -(-len(this) // PAGE))
        page = min(max(1, filters.page), pages)
        newest = this.iloc[::-1].iloc[PAGE * (page - 1) : PAGE * page]
        return self.show(
            asked,
            "pekan.html",
            filters=filters,
            weeks=weeks,
            facts=self._facts,
            tiers=TIERS,
            all_programmes=sorted(programmes, key=labels.short),
            week=week,
            running=running,
            now=figures.summary(this),
            then=figures.summary(before),
            days=list(zip(days, drawing.columns([bar for _, bar in days], 30), strict=True)),
            trend=list(zip(trend, drawing.columns(trend, 30), strict=True)),
            programmes=_bars(programme_bars),
            outlets=_bars(outlet_bars),
            negative=figures.stories(this, negative=True),
            largest=figures.stories(this, negative=False),
            articles=[figures.plain(row) for _, row in newest.iterrows()],
            page=page,
            pages=pages,
        )

    def story(self, asked: Asked) -> Reply:
        """A story: every article that prints its text, on a line of time, and the other texts of its event."""
        held, story = self._shelf.held(), asked.path["story"]
        members = [figures.plain(row) for _, row in held.frame[held.frame["story_id"] == story].iterrows()]
        if not members:
            return self.missing(asked, "Tidak ada cerita dengan nomor itu. Mungkin telah digabung; cari lewat artikelnya.")
        origin = next((row for row in members if row["key"] == row["story_origin"]), members[0])
        event = held.frame[(held.frame["event_id"] == origin["event_id"]) & (held.frame["story_id"] != story)]
        kin = figures.stories(event, negative=False) if len(event) else []
        points = drawing.on_line([row["dated_at"] for row in members], 100)
        return self.show(
            asked, "cerita.html", origin=origin, members=list(zip(members, points, strict=True)), kin=kin,
            outlets=len({row["outlet"] for row in members}),
        )  # fmt: skip

    def article(self, asked: Asked) -> Reply:
        """An article: its text with the evidence marked, why it was judged so, what persons have said of it."""
        held, key = self._shelf.held(), asked.path["key"]
        row = held.row(key)
        if row is None:
            return self.missing(asked, "Tidak ada artikel dengan nomor itu di folder data ini.")
        place = self._shelf.workplace
        return self.show(
            asked,
            "artikel.html",
            **opened(self._shelf, held, row),
            seen=overview.sightings_of(place.data, key, datetime.now(UTC)),
        )

    def sources(self, asked: Asked) -> Reply:
        """Every source's health, by the ledger; those first that need a person."""
        now = datetime.now(UTC)
        known = sorted(known_sources(self._shelf.workplace), key=lambda one: (STATES.index(_state(one)), one.source.outlet))
        health = overview.sources_of(self._shelf.workplace, Week.of(now)).set_index("source_id")
        rows = [
            {
                "outlet": one.source.outlet,
                "id": one.source.id,
                "state": _state(one),
                "probation": one.source.status == "probation",
                "told": labels.source_state(str(health.at[one.source.id, "state"]), str(health.at[one.source.id, "last_error"])),
                "last_ok": one.standing.last_ok,
                "newest": one.standing.newest,
                "week": one.week,
            }
            for one in known
        ]
        counts = {state: sum(row["state"] == state for row in rows) for state in STATES}
        return self.show(asked, "sumber.html", rows=rows, counts=counts)


def _state(one: Known) -> str:
    """The source's state; ``failing`` while its last polls failed but not yet so often that it is asked less."""
    return "failing" if one.state == "active" and one.standing.failures else one.state


def _bars(bars: Sequence[figures.Bar]) -> list[tuple[figures.Bar, list[drawing.Rect]]]:
    most = max((bar.total for bar in bars), default=1)
    return [(bar, drawing.stacked(bar, most, 100)) for bar in bars]


def opened(shelf: Shelf, held: Held, row: Mapping[str, Any]) -> dict[str, Any]:
    """What a page needs that shows one article: the whole row, its marked title and text, copies, and its rows of the log."""
    whole = shelf.whole(dict(row))
    spans = spans_of(whole)
    text = whole.get("text") or ""
    titled = [("tone", span) for span in whole.get("title_tone_evidence") or ()]
    return {
        "row": whole,
        "text": paragraphs(text, [one for one in spans if one[1]["field"] == "text"]),
        "title": paragraphs(whole["title"], [*titled, *(one for one in spans if one[1]["field"] == "title")]),
        "quotes": [] if text else [(kind, span["quote"]) for kind, span in spans if span["field"] == "text"],
        "copies": held.copies(row["key"]),
        "model": {name: text_of(whole[f"{name}_model"]) for name in FIELDS},
        "said": list(zip(*(whole[name] for name in ("corrected_fields", "corrected_by", "corrected_from")), strict=True)),
        "log": [one for one in held.log.rows if one.key == row["key"]][::-1],
    }
