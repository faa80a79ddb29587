"""Records to rows of the stored tables and back: the one place that knows both shapes."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from pipeline.dates import Week
from pipeline.records import (
    Article,
    DateCandidate,
    Evidence,
    Judgement,
    Page,
    ProgrammeScore,
    PublisherType,
    Rejection,
    Tone,
)


def page_row(page: Page) -> dict[str, object]:
    """A page as a row of PAGES."""
    row = {name: getattr(page, name) for name in Page.__dataclass_fields__}
    row["publisher_type"] = page.publisher_type.value
    row["bodies"] = list(page.bodies)
    return row


def page_of(row: dict[str, Any]) -> Page:
    """A row of PAGES as a page."""
    row |= {name: row.get(name) or 0 for name in ("version", "parts_missing")}  # parts of earlier versions have no such columns
    return Page(**{**row, "publisher_type": PublisherType(row["publisher_type"]), "bodies": tuple(row["bodies"])})


# Records in lists are told by place, in the order of their columns: ``asdict`` copies all it meets, and costs more than a write.


def _evidence(spans: tuple[Evidence, ...]) -> list[tuple[object, ...]]:
    return [(span.field, span.start, span.end, span.quote, span.words) for span in spans]


def _candidates(dates: tuple[DateCandidate, ...]) -> list[tuple[object, ...]]:
    return [(one.value.isoformat(), one.raw, one.method, one.zone, one.confidence, one.timed) for one in dates]


def _programmes(scores: tuple[ProgrammeScore, ...]) -> list[tuple[object, ...]]:
    return [(one.slug, one.code, one.role, one.probability, _evidence(one.evidence)) for one in scores]


def _tone(name: str, tone: Tone | None) -> dict[str, object]:
    """The columns of one tone: its label, three shares and evidence; nulls where there is none."""
    shares = {f"{name}_{label}": getattr(tone, label) if tone else None for label in ("positive", "neutral", "negative")}
    return {name: tone.label if tone else None, **shares, f"{name}_evidence": _evidence(tone.evidence) if tone else []}


def text_digest(text: str) -> str:
    """The digest by which equal texts are told: ``text_sha256``."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def article_row(article: Article, judgement: Judgement, part: str, keep_text: str) -> dict[str, object]:
    """An article and its judgement as a row of ARTICLES. ``keep_text``: relevant | all | none."""
    dated = article.dated
    at = dated.value or article.first_seen
    relevant = judgement.relevance.label != "irrelevant"
    by_role: dict[str, list[str]] = {"primary": [], "related": [], "mentioned": []}
    for score in judgement.programmes:
        by_role[score.role].append(score.slug)
    actor = judgement.units[0] if judgement.units else None
    return {
        **{
            name: getattr(article, name)
            for name in ("key", "url", "canonical_url", "source_id", "outlet", "domain", "tier", "licence", "version")
        },
        "publisher_type": article.publisher_type.value,
        "title": article.title,
        "text": article.text if keep_text == "all" or (keep_text == "relevant" and relevant) else None,
        "text_sha256": text_digest(article.text),
        "words": len(article.text.split()),
        "language": article.language,
        "charset": article.charset,
        "text_status": article.text_status,
        "removed": [(item.rule, item.line) for item in article.removed],
        "dateline_place": article.dateline_place,
        "byline": article.byline,
        "release_marks": list(article.release_signals),
        "foreign_dateline": article.foreign_dateline,
        "published": dated.value,
        "published_raw": dated.raw,
        "published_method": dated.method,
        "published_zone": dated.zone,
        "published_confidence": dated.confidence,
        "date_status": dated.status,
        "date_candidates": _candidates(dated.candidates),
        "first_seen": article.first_seen,
        "dated_at": at,
        "week": str(Week.of(at)),
        "relevance": judgement.relevance.label,
        "relevance_probability": judgement.relevance.probability,
        "relevance_by": judgement.relevance.by,
        "relevance_evidence": _evidence(judgement.relevance.evidence),
        "programme_primary": judgement.programme_primary,
        "programme_probability": judgement.programme_probability,
        "programme_evidence": _evidence(judgement.programme_evidence),
        "programmes_related": by_role["related"],
        "programmes_mentioned": by_role["mentioned"],
        "programmes": _programmes(judgement.programmes),
        "taxonomy": judgement.taxonomy,
        **_tone("tone", judgement.tone),
        **_tone("title_tone", judgement.title_tone),
        "unit_primary": actor.name if actor else "",
        "kanwil": actor.kanwil if actor else "",
        "units": [unit.name for unit in judgement.units],
        "units_unknown": [unit.name for unit in judgement.units if not unit.known],
        "incidents": list(judgement.incident_codes),
        "incidents_evidence": [(one.code, _evidence(one.evidence)) for one in judgement.incidents],
        "source_type": judgement.source_type,
        "release_signals": list(judgement.release_signals),
        "needs_review": judgement.needs_review,
        "review_reasons": list(judgement.review_reasons),
        "review_priority": judgement.review_priority,
        "recipe": judgement.recipe,
        "part": part,
    }


def rejection_row(rejection: Rejection, title: str, at: datetime, recipe: str, part: str) -> dict[str, object]:
    """A rejection as a row of REJECTIONS."""
    return {
        "key": rejection.key,
        "step": rejection.step,
        "reason": rejection.reason.value,
        "detail": rejection.detail,
        "url": rejection.url,
        "source_id": rejection.source_id,
        "title": title,
        "at": at,
        "recipe": recipe,
        "part": part,
        "version": rejection.version,
    }
