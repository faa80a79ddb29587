"""Labelled articles and judgements of few words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pipeline.classify.corpus import Labelled
from pipeline.records import Evidence, Judgement, ProgrammeScore, Relevance, Tone


def labelled(name: str, relevance: str = "corrections", **values: Any) -> Labelled:
    """An article about bansos, positive, unless told otherwise; labels that do not apply are empty."""
    ours, relevant = relevance == "corrections", relevance != "irrelevant"
    base: dict[str, Any] = {
        "id": name,
        "title": f"Judul {name}",
        "text": f"Isi {name}.",
        "outlet": "Kabar",
        "published": datetime(2025, 5, 1, tzinfo=UTC),
        "relevance": relevance,
        "primary": "bansos" if relevant else "",
        "related": (),
        "mentioned": (),
        "tone": "positive" if ours else None,
        "title_tone": "neutral" if ours else None,
        "source_type": "report",
        "incidents": (),
        "units": (),
        "story": name,
        "batch": "t1",
        "note": "",
    }
    return Labelled(**base | values)


def tone(label: str, share: float = 0.8) -> Tone:
    """A tone with this share for its label, the rest on the others; "unsure" leans to neutral."""
    rest = (1 - share) / 2
    shares = dict.fromkeys(("positive", "neutral", "negative"), rest)
    shares[label if label != "unsure" else "neutral"] = share
    return Tone(label, **shares, evidence=(Evidence("text", 0, 4, f"{label[:2]}\n{label[2:]}"),))


def judged(relevance: str = "corrections", primary: str = "bansos", said: str = "positive", **values: Any) -> Judgement:
    """A judgement that is right about ``labelled`` unless told otherwise."""
    ours, relevant = relevance == "corrections", relevance != "irrelevant"
    scores = [ProgrammeScore(primary, "P04", "primary", 0.9)] if relevant else []
    base: dict[str, Any] = {
        "relevance": Relevance(relevance, 0.95),
        "programme_primary": primary if relevant else "",
        "programme_probability": 0.9 if relevant else 0.0,
        "programme_evidence": (Evidence("title", 0, 5, "Judul"),) if relevant else (),
        "programmes": tuple(scores),
        "taxonomy": "akselerasi-2024",
        "tone": tone(said) if ours else None,
        "title_tone": tone("neutral") if ours else None,
        "units": (),
        "incidents": (),
        "source_type": "report",
        "release_signals": (),
        "needs_review": False,
        "review_reasons": (),
        "review_priority": 0.0,
        "recipe": "r",
    }
    return Judgement(**base | values)
