"""How a judgement is told: marked words, rows of older parts, corrections, and foreign text that cannot steer a terminal."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.explanation import ADVICE, QUOTES, Explanation, as_plain, marked
from pipeline.records import Reason


def span(quote: str, *words: str) -> dict[str, Any]:
    return {"field": "title", "start": 0, "end": len(quote), "quote": quote, "words": np.array(words, dtype=object)}


def row(**changed: Any) -> dict[str, Any]:
    """A row as ``corrected.articles`` hands it over: numpy arrays and pandas timestamps."""
    spans = np.array([span("Dua Napi Lapas Ulu Kabur", "Kabur")], dtype=object)
    found: dict[str, Any] = {
        "key": "0123456789abcdef",
        "title": "Dua Napi Lapas Ulu Kabur",
        "text": "Dua napi kabur.",
        "outlet": "Kabar Ulu",
        "tier": "T3",
        "publisher_type": "newsroom",
        "url": "https://kabar.example/1",
        "published": pd.Timestamp("2026-11-18T02:15:00Z"),
        "published_raw": "2026-11-18",
        "published_method": "json-ld",
        "published_zone": "assumed: Asia/Jakarta",
        "date_status": "ok",
        "relevance": "corrections",
        "relevance_probability": 0.99,
        "relevance_evidence": spans,
        "programme_primary": "luar_program",
        "programme_probability": 0.8,
        "programme_evidence": spans,
        "programmes": np.array([], dtype=object),
        "taxonomy": "aksi-2026",
        "units": np.array(["Lapas Kelas IIB Ulu"], dtype=object),
        "units_unknown": np.array(["Lapas Kelas IIB Ulu"], dtype=object),
        "kanwil": "",
        "incidents": np.array(["kabur"], dtype=object),
        "incidents_evidence": np.array([{"code": "kabur", "evidence": spans}], dtype=object),
        "source_type": "press_release",
        "release_signals": np.array(["info_pas"], dtype=object),
        "needs_review": True,
        "review_reasons": np.array(["likely negative"], dtype=object),
        "review_priority": 0.4,
        "story_origin": "fedcba9876543210",
        "story_role": "reprint",
        "story_id": "fedcba9876543210",
        "story_reason": "jaccard",
        "story_similarity": 0.91,
        "story_articles": 2,
        "story_outlets": 2,
        "removed": np.array([], dtype=object),
        "recipe": "r1",
    }
    for name in ("tone", "title_tone"):
        found |= {name: "negative", f"{name}_positive": 0.05, f"{name}_neutral": 0.1, f"{name}_negative": 0.85}
        found[f"{name}_evidence"] = spans
    return found | changed


def test_everything_is_told_with_its_deciding_words() -> None:
    told = str(Explanation(row(), "Harian Ulu – Dua Napi Kabur"))
    for line in (
        "published  2026-11-18 09:15 WIB · ok, by json-ld '2026-11-18', assumed: Asia/Jakarta",
        "relevance  corrections (0.99)",
        "    title 0-24: “Dua Napi Lapas Ulu «Kabur»”",
        "programme  luar_program (0.80) · list aksi-2026",
        "tone       negative (positive 0.05, neutral 0.10, negative 0.85)",
        "title tone negative (positive 0.05, neutral 0.10, negative 0.85)",
        "incidents  kabur",
        "units      Lapas Kelas IIB Ulu (not in the gazetteer) · kanwil -",
        "source     press_release, by info_pas",
        "review     likely negative, priority 0.40",
        "story      reprint of fedcba9876543210 (Harian Ulu – Dua Napi Kabur), jaccard 0.91; 2 article(s) in 2 outlet(s)",
        "recipe     r1",
    ):
        assert line in told.splitlines(), line


def test_a_row_of_an_older_part_is_told_without_what_it_lacks() -> None:
    bare = {"field": "title", "start": 0, "end": 8, "quote": "Dua Napi", "words": None}
    old = row(
        relevance_evidence=np.array([bare], dtype=object),
        title_tone=None,
        title_tone_evidence=None,
        incidents_evidence=None,
        programme_evidence=None,
        review_priority=float("nan"),
        published=pd.NaT,
    )
    told = str(Explanation(old))
    assert "“Dua Napi”" in told
    assert "title tone" not in told
    assert "published  unknown" in told
    assert "review     likely negative\n" in told


def test_what_persons_have_said_stands_beside_the_model() -> None:
    answered = {"corrected_fields": ["tone"], "corrected_by": ["Sari"], "corrected_from": ["0123456789abcdef"]}
    told = str(Explanation(row(tone="neutral", tone_model="negative", **answered)))
    assert "corrected  tone neutral by Sari; the model says negative" in told


def test_an_irrelevant_article_has_no_programme_lines() -> None:
    told = str(Explanation(row(relevance="irrelevant", tone=None, title_tone=None, programme_primary="")))
    assert not {"programme", "incidents", "units", "tone"} & {line.split(" ")[0] for line in told.splitlines()}


@pytest.mark.parametrize(
    ("quote", "words", "told"),
    [
        ("Napi kabur, kaburnya malam", ["kabur"], "Napi «kabur», «kabur»nya malam"),
        ("Taktik tak jalan", ["tak"], "Taktik «tak» jalan"),
        ("warga binaan Lapas Ulu", ["Lapas", "Lapas Ulu"], "warga binaan «Lapas Ulu»"),
        ("dua\n baris", ["dua baris"], "«dua baris»"),
        ("apa (saja)", ["(saja)"], "apa (saja)"),
        ("tanpa kata", [], "tanpa kata"),
        ("tanpa kata", [""], "tanpa kata"),
        ("pindah\x1b[2J \u202ekursor", ["pindah"], "«pindah»[2J kursor"),
    ],
)
def test_words_are_marked_whole(quote: str, words: list[str], told: str) -> None:
    assert marked(quote, words, QUOTES).replace("«(saja)»", "(saja)") == told


def test_a_title_cannot_steer_the_terminal() -> None:
    told = str(Explanation(row(title="Napi\x1b[2J\nrelevance  irrelevant", outlet="a\x07b")))
    assert "\x1b" not in told
    assert "\x07" not in told
    assert "\nrelevance  irrelevant" not in told


def test_the_json_form_is_json_without_the_text() -> None:
    told = json.loads(json.dumps(Explanation(row()).as_json()))
    assert "text" not in told
    assert told["published"] == "2026-11-18T02:15:00+00:00"
    assert told["incidents_evidence"][0]["evidence"][0]["words"] == ["Kabur"]


def test_plain_values() -> None:
    assert as_plain({"a": np.float64(0.5), "b": np.array([1, 2]), "c": float("nan"), "d": pd.NaT, "e": np.bool_(True)}) == {
        "a": 0.5,
        "b": [1, 2],
        "c": None,
        "d": None,
        "e": True,
    }


def test_every_rejection_comes_with_what_to_do() -> None:
    assert set(ADVICE) == {reason.value for reason in Reason} - {"same_article"}


def test_an_event_of_several_texts_is_told_with_its_reason() -> None:
    event = {"event_id": "00000000000000aa", "event_role": "report", "event_reason": "unit, day", "event_articles": 5}
    told = str(Explanation(row() | event | {"event_stories": 2, "event_newsrooms": 1}))
    expected = "event      report of 00000000000000aa, by unit, day; 5 article(s), 2 text(s), 1 newsroom(s) of their own"
    assert expected in told.splitlines()
    assert "event " not in str(Explanation(row() | event | {"event_stories": 1, "event_newsrooms": 1}))
