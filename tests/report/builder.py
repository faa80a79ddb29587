"""Hand-made weeks for the report's tests: rows in the store's own Arrow shapes, so that the dtypes are the real ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import pyarrow as pa

from pipeline.dates import JAKARTA, Week
from pipeline.report.context import Entries
from pipeline.report.span import Span
from pipeline.report.weekly import ReportContext
from pipeline.store.schema import ARTICLES, STORIES

WEEK = Week(2026, 47)
MONDAY = datetime(2026, 11, 16, tzinfo=JAKARTA)
# A monitor that ran before, during and after both weeks.
WATCHED = tuple(MONDAY + timedelta(days=day) for day in (-30, -6, 1, 8))
TONES = {
    "positive": (0.8, 0.15, 0.05),
    "neutral": (0.2, 0.7, 0.1),
    "negative": (0.1, 0.15, 0.75),
    "unsure": (0.4, 0.35, 0.25),
}
SOURCE_COLUMNS = ["source_id", "outlet", "state", "last_ok", "last_error", "entries_week"]
WATCH = {
    "usual": 1.0,
    "days_due": 7,
    "days_read": 7,
    "days_due_before": 7,
    "days_read_before": 7,
    "verdict": "ok",
    "verdict_why": "",
}


@dataclass(frozen=True)
class Programme:
    slug: str
    code: str
    name: str
    ordinal: int | None = None
    status: str = "theme-only"
    scope: str = "pas"


@dataclass(frozen=True)
class Taxonomy:
    version: str
    title: str
    programmes: tuple[Programme, ...]


@dataclass(frozen=True)
class Unit:
    kind: str
    name: str
    kanwil: str


SLUGS = (
    "narkoba_penipuan ketahanan_pangan umkm bansos overkapasitas layanan_digital_imigrasi autogate tppo_tppm visa_investor"
    " lapas_modern pendidikan_kedinasan hak_integrasi layanan_pengawasan_imigrasi"
).split()
VERIFIED = {1, 2, 3, 4, 8}
TAXONOMY = Taxonomy(
    "akselerasi-2024",
    "13 Program Akselerasi Menteri Imigrasi dan Pemasyarakatan",
    tuple(
        Programme(
            slug,
            f"P{number:02d}",
            f"Nama program {slug}",
            # An ordinal without a source behind it must never be printed, so the unverified ones carry one as bait.
            number,
            "verified" if number in VERIFIED else "theme-only" if number != 13 else "inferred",
            "imi" if number in {6, 7, 8, 9, 13} else "both" if number == 11 else "pas",
        )
        for number, slug in enumerate(SLUGS, 1)
    ),
)
KANWIL = ("Jawa Barat", "Lampung", "Riau", *(f"Provinsi {number:02d}" for number in range(4, 34)))
UNITS = (
    Unit("kanwil", "Kanwil Ditjenpas Jawa Barat", "Jawa Barat"),
    Unit("lapas", "Lapas Kelas I Cirandu", "Jawa Barat"),
    Unit("lapas", "Lapas Kelas IIA Tanjung Kelumbi", "Lampung"),
    Unit("rutan", "Rutan Kelas IIB Labuhan Asri", "Riau"),
)


def article(key: str, day: float = 1.0, **values: Any) -> dict[str, Any]:
    """A neutral newsroom report, ``day`` days after Monday 00:00 WIB; ``values`` override columns of both shapes."""
    at = MONDAY + timedelta(days=day)
    tone = values.get("tone", "neutral")
    scores = TONES.get(tone or "", (None, None, None))
    row: dict[str, Any] = {
        "key": key,
        "url": f"https://kabar.example/{key}",
        "canonical_url": f"https://kabar.example/{key}",
        "source_id": "kabar",
        "outlet": "Kabar Nusantara",
        "domain": "kabar.example",
        "tier": "T1",
        "publisher_type": "newsroom",
        "licence": "unknown",
        "title": f"Judul {key}",
        "text": "RAHASIA teks artikel yang tidak boleh keluar.",
        "words": 7,
        "language": "id",
        "published": at,
        "date_status": "ok",
        "first_seen": at + timedelta(hours=1),
        "dated_at": at,
        "week": str(WEEK),
        "relevance": "corrections",
        "programme_primary": "luar_program",
        "programmes_related": [],
        "programmes_mentioned": [],
        "taxonomy": "akselerasi-2024",
        "tone": tone,
        "tone_positive": scores[0],
        "tone_neutral": scores[1],
        "tone_negative": scores[2],
        "tone_evidence": [],
        "unit_primary": "Lapas Kelas I Cirandu",
        "kanwil": "Jawa Barat",
        "units": ["Lapas Kelas I Cirandu"],
        "units_unknown": [],
        "incidents": [],
        "source_type": "report",
        "needs_review": False,
        "review_reasons": [],
        "recipe": "resep-1",
        "part": "ingested=2026-11-20/part-1.parquet",
        "story_id": key,
        "story_role": "origin",
        "story_similarity": 1.0,
    }
    return row | values


def quote(text: str, field: str = "text") -> list[dict[str, Any]]:
    """One span of evidence."""
    return [{"field": field, "start": 0, "end": len(text), "quote": text}]


def frame(*rows: dict[str, Any]) -> pd.DataFrame:
    """The rows as the dataset hands them over: ARTICLES columns joined with STORIES columns, and ``withdrawn_at``."""
    articles = [{name: row.get(name) for name in ARTICLES.names} for row in rows]
    stories = [{name: row.get(name) for name in STORIES.names} for row in rows]
    left = pa.Table.from_pylist(articles, schema=ARTICLES).to_pandas()
    right = pa.Table.from_pylist(stories, schema=STORIES).to_pandas()
    left["withdrawn_at"] = pd.Series([row.get("withdrawn_at") for row in rows], index=left.index, dtype="datetime64[us, UTC]")
    return left.join(right.drop(columns="key"))


def sources(*rows: tuple[str, str, str, datetime | None, str, int], **watch: Any) -> pd.DataFrame:
    """The health of sources, shaped as the ledger's reader gives it; ``watch`` overrides how far each was watched."""
    made = pd.DataFrame(list(rows), columns=SOURCE_COLUMNS).astype({"source_id": "str", "outlet": "str", "entries_week": "int64"})
    made["last_ok"] = pd.to_datetime(made["last_ok"], utc=True)
    return made.assign(**(WATCH | watch))


def context(**values: Any) -> ReportContext:
    """A complete week with the invented list, units and regions; ``rejected``: pages by reason."""
    given: dict[str, Any] = {
        "span": Span.of_week(WEEK),
        "complete": True,
        "polls": WATCHED,
        "taxonomy": TAXONOMY,
        "units": UNITS,
        "kanwil": KANWIL,
        "recipe": "resep-1",
        "entries": Entries(values.pop("rejected", {})),
        "sources": sources(),
    }
    return ReportContext(**given | values)


def records(table: pd.DataFrame, *columns: str) -> list[Any]:
    """A table's cells as plain tuples of ``columns`` (single values for one column); missing ones are None."""
    rows = [
        tuple(None if pd.isna(value) else value for value in row)
        for row in table[list(columns)].astype(object).itertuples(index=False)
    ]
    return [row[0] for row in rows] if len(columns) == 1 else rows
