"""Articles as JSON lines → judgements as plain values, one for one and in order; a faulty line is an answer, not an end."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from pipeline.classify.judge import Judge
from pipeline.dates import parse_any
from pipeline.records import Evidence, Judgement, Tone


def classify_lines(judge: Judge, lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """One answer a non-empty line: the judgement, or ``{"id", "line", "error"}`` that says what to write instead."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _one(judge, number, line)


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON value")


def _whole(text: str) -> str:
    """Text without lone surrogates, which no file can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _one(judge: Judge, number: int, line: str) -> dict[str, Any]:
    try:
        record = json.loads(line, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        return {"id": None, "line": number, "error": f"not JSON: {error}"}
    if not isinstance(record, dict):
        return {"id": None, "line": number, "error": 'a line must be an object like {"id": "1", "title": "…", "text": "…"}'}
    identity = record.get("id")
    identity = _whole(identity) if isinstance(identity, str) else identity
    fields = {}
    for name in ("title", "text", "url", "published"):
        value = record.get(name)
        if value is not None and not isinstance(value, str):
            return {"id": identity, "line": number, "error": f"{name} must be a string, found {type(value).__name__}"}
        fields[name] = _whole(value or "")
    if not (fields["title"].strip() or fields["text"].strip()):
        return {"id": identity, "line": number, "error": "title and text are both empty; give at least one"}
    published = None
    if fields["published"]:
        parsed = parse_any(fields["published"])
        if parsed is None:
            advice = f"published {fields['published'][:60]!r} is not a date; write for example 2026-11-18T09:15:00+07:00"
            return {"id": identity, "line": number, "error": advice}
        published = parsed.value
    judgement = judge.judge(title=fields["title"], text=fields["text"], url=fields["url"], published=published)
    return {"id": identity, **as_json(judgement)}


def _spans(evidence: tuple[Evidence, ...]) -> list[dict[str, Any]]:
    return [asdict(span) for span in evidence]


def _tone(tone: Tone | None) -> dict[str, Any] | None:
    if tone is None:
        return None
    shares = {"positive": tone.positive, "neutral": tone.neutral, "negative": tone.negative}
    return {"label": tone.label, "probabilities": shares, "evidence": _spans(tone.evidence)}


def as_json(judgement: Judgement) -> dict[str, Any]:
    """A judgement as JSON values, in the form that ``pantau classify`` promises (docs/data.md)."""
    return {
        "relevance": {
            "label": judgement.relevance.label,
            "probability": judgement.relevance.probability,
            "evidence": _spans(judgement.relevance.evidence),
        },
        "programme_primary": judgement.programme_primary or None,
        "programme_probability": judgement.programme_probability,
        "programmes": [
            {"slug": s.slug, "code": s.code, "role": s.role, "probability": s.probability, "evidence": _spans(s.evidence)}
            for s in judgement.programmes
        ],
        "tone": _tone(judgement.tone),
        "title_tone": _tone(judgement.title_tone),
        "programme_evidence": _spans(judgement.programme_evidence),
        "units": [unit.name for unit in judgement.units],
        "incidents": list(judgement.incident_codes),
        "incidents_evidence": [{"code": one.code, "evidence": _spans(one.evidence)} for one in judgement.incidents],
        "source_type": judgement.source_type,
        "needs_review": judgement.needs_review,
        "review_reasons": list(judgement.review_reasons),
        "review_priority": judgement.review_priority,
        "taxonomy": judgement.taxonomy,
        "recipe": judgement.recipe,
    }
