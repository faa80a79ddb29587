"""Articles as a hostile outlet would write them, planted into a data folder."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.dates import Week
from pipeline.store.dataset import articles_table
from pipeline.store.parts import part_path, write_part
from pipeline.store.schema import ARTICLES

SCRIPT = "<script>alert(document.cookie)</script><img src=x onerror=alert(1)>"
TITLES = (
    f"Lapas Cirandu {SCRIPT}",
    "Lapas \u202eudnariC\u202c dan \u2066مرحبا بالعالم في السجن\u2069 ricuh\x00\x1b[31m",
    "Lapas Cirandu " + "panjang" * 1500,
    "\"'><svg/onload=alert(1)>{{ 7*7 }}{% raw %}",
    "A\u0301" * 200 + "\u200b" * 500,
)


def plant(data: Path) -> list[str]:
    """One article for each hostile title, first in the review queue; their keys."""
    model = next(row for row in articles_table(data).to_pylist() if row["relevance"] == "corrections" and row["needs_review"])
    at = datetime.now(UTC) - timedelta(minutes=5)
    name = f"ingested={at:%Y-%m-%d}/part-{at:%Y%m%dT%H%M%S}-jahat.parquet"
    rows = []
    for number, title in enumerate(TITLES):
        text = f"{SCRIPT} {title}\n\nPetugas Lapas Cirandu \u202eterbalik\u202c."
        span = {"field": "text", "start": 0, "end": len(SCRIPT), "quote": SCRIPT, "words": ["<script>", "alert"]}
        rows.append(
            {
                **model,
                "key": f"{0xBAD0000000000000 + number:016x}",
                "url": ("javascript:alert(1)", "data:text/html,x", "https://[rusak", 'https://jahat.example/a?"><b>', "")[number],
                "canonical_url": f"https://jahat.example/{number}",
                "outlet": f"Media {SCRIPT}",
                "title": title,
                "text": text,
                "text_sha256": f"{number:064x}",
                "unit_primary": f"Lapas {SCRIPT}",
                "units": [f"Lapas {SCRIPT}"],
                "units_unknown": [f"Lapas {SCRIPT}"],
                "tone_evidence": [span],
                "relevance_evidence": [{**span, "start": 3, "end": 9}],
                "first_seen": at,
                "dated_at": at,
                "week": str(Week.of(at)),
                "review_priority": 0.99,
                "review_reasons": ["likely negative", "unit unknown"],
                "version": 0,
                "part": name,
            }
        )
    write_part(part_path(data, "articles", name), rows, ARTICLES, "jahat")
    return [str(row["key"]) for row in rows]
