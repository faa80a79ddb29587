"""07_kliping: one row per corrections article, reposters included and marked: the evidence behind every count."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING

from pipeline.report import labels
from pipeline.report.issues import coverage
from pipeline.report.rows import CORRECTIONS, Row
from pipeline.report.table import Columns, frame_of, joined, wib

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.report.context import ReportContext

COLUMNS: Columns = {
    "minggu": "text",
    "artikel_id": "text",
    "dihitung": "text",
    "terbit": "text",
    "status_tanggal": "text",
    "diambil": "text",
    "media": "text",
    "domain": "text",
    "tier": "text",
    "jenis_media": "text",
    "jenis_sumber": "text",
    "jenis_liputan": "text",
    "judul": "text",
    "url": "text",
    "kanwil": "text",
    "upt_utama": "text",
    "upt_lain": "text",
    "program_utama": "text",
    "program_terkait": "text",
    "program_disebut": "text",
    "versi_program": "text",
    "sentimen": "text",
    "sentimen_judul": "text",
    "skor_sentimen": "rate",
    "keyakinan": "rate",
    "insiden": "text",
    "narasumber": "text",
    "klaster_id": "text",
    "isu_id": "text",
    "duplikat_dari": "text",
    "bahasa_mesin": "text",
    "versi_artikel": "count",
    "ditarik": "text",
    "perlu_tinjau": "text",
    "alasan_tinjau": "text",
    "label_oleh": "text",
    "versi_model": "text",
}


def clipping_table(rows: Sequence[Row], context: ReportContext) -> pd.DataFrame:
    """The table, by time then id. Immigration and irrelevant articles are not in it; the text of an article never is."""
    named = cache(partial(labels.programme, taxonomy=context.taxonomy))
    return frame_of(COLUMNS, (_cells(row, str(context.span), named) for row in rows if row.relevance == CORRECTIONS))


def _cells(row: Row, span: str, named: Callable[[str], str]) -> dict[str, object]:
    scores = [score for score in (row.positive, row.neutral, row.negative) if score is not None]
    lean = row.positive - row.negative if row.positive is not None and row.negative is not None else None
    return {
        "minggu": span,
        "artikel_id": row.key,
        "dihitung": labels.yes_no(row.counted),
        "terbit": wib(row.published),
        "status_tanggal": labels.word(labels.DATE_STATUS, row.date_status),
        "diambil": wib(row.first_seen),
        "media": row.outlet,
        "domain": row.domain,
        "tier": row.tier,
        "jenis_media": labels.word(labels.PUBLISHER_TYPE, row.publisher_type),
        "jenis_sumber": labels.word(labels.SOURCE_TYPE, row.source_type),
        "jenis_liputan": coverage(row) if row.counted else "situs penyalin",
        "judul": row.title,
        "url": row.url,
        "kanwil": row.kanwil,
        "upt_utama": row.unit,
        "upt_lain": joined(unit for unit in row.units if unit != row.unit),
        "program_utama": named(row.primary),
        "program_terkait": joined(map(named, row.related)),
        "program_disebut": joined(map(named, row.mentioned)),
        "versi_program": row.taxonomy,
        "sentimen": labels.word(labels.TONE, row.tone or "unsure"),
        "sentimen_judul": labels.word(labels.TONE, row.title_tone or "unsure"),
        "skor_sentimen": None if lean is None else round(lean, 2),
        "keyakinan": round(max(scores), 2) if scores else None,
        "insiden": joined(labels.incidents(row.incidents)),
        "narasumber": joined(row.speakers),
        "klaster_id": row.story_id,
        "isu_id": row.event_id,
        "duplikat_dari": row.origin if row.is_copy else "",
        "bahasa_mesin": ("diduga" if row.spun else "tidak tampak") if row.read else "",
        "versi_artikel": row.version,
        "ditarik": wib(row.withdrawn),
        "perlu_tinjau": labels.yes_no(row.needs_review),
        "alasan_tinjau": joined(labels.words(labels.REVIEW, row.review_reasons)),
        "label_oleh": "analis" if row.corrected else "model",
        "versi_model": row.recipe,
    }
