"""A small data folder with judged articles and no network, for the tests of corrections: a demo's, so that its log is its own."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.demo import workplace_of_demo
from pipeline.fetch.ledger import Ledger
from pipeline.jobs import Workplace, group
from pipeline.store.parts import write_part
from pipeline.store.schema import ARTICLES
from tests.conftest import NOW
from tests.report import builder

RELEASE = (
    "Lapas Kelas IIB Muara Tepian memanen dua ton jagung dari lahan tidur di belakang blok hunian pada Rabu pagi. "
    "Kepala lapas mengatakan panen itu hasil kerja dua puluh warga binaan selama empat bulan dengan bimbingan penyuluh dinas."
)
LOG = "corrections.csv"


def key(number: int) -> str:
    """The key of article ``number``."""
    return f"{number:016x}"


def row(number: int, text: str, day: float = 1.0, **values: Any) -> dict[str, Any]:
    """One row of ARTICLES: a neutral report outside all programmes unless ``values`` say otherwise."""
    given = {"text": text, "text_sha256": f"sha of {text}", "words": len(text.split()), "removed": [], "programmes": []}
    given |= {"relevance_probability": 0.9, "programme_probability": 0.8, "relevance_evidence": [], "published_method": "feed"}
    made = builder.article(key(number), day, **{**given, **values})
    return {name: made.get(name) for name in ARTICLES.names}


def data_folder(folder: Path, rows: list[dict[str, Any]], now: datetime = NOW) -> Workplace:
    """A folder that holds the rows, grouped."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "demo.json").write_text(json.dumps({"now": now.isoformat(), "pages": ""}), encoding="utf-8")
    part = "ingested=2026-11-20/part-1.parquet"
    write_part(folder / "articles" / part, [{**one, "part": part} for one in rows], ARTICLES, "resep-1")
    with Ledger(folder / "ledger.sqlite", now):
        pass
    place = workplace_of_demo(folder, now)
    assert place is not None
    group(place)
    return place


def stories_of_four() -> list[dict[str, Any]]:
    """A release (1) with a copy (2) and a longer article that holds it (3); another text (4), thought irrelevant by the model."""
    longer = (
        RELEASE + " " + " ".join(f"Warga ke-{n} menyebut panen ini hanya untuk difoto dan lahan lain mangkrak." for n in range(9))
    )
    model = {
        "programme_primary": "ketahanan_pangan",
        "programme_evidence": builder.quote("panen"),
        "programmes_related": ["umkm", "bansos"],
        "programmes": [
            {
                "slug": "ketahanan_pangan",
                "code": "P02",
                "role": "primary",
                "probability": 0.8,
                "evidence": builder.quote("panen"),
            },
            {"slug": "umkm", "code": "P03", "role": "related", "probability": 0.5, "evidence": builder.quote("jagung")},
        ],
        "tone": "positive",
        "tone_evidence": builder.quote("memanen dua ton"),
        "needs_review": True,
        "review_reasons": ["relevance doubtful", "likely negative", "unit unknown", "other reason"],
        "review_priority": 0.4,
    }
    other = (
        "Kebun di belakang gudang desa ditinjau pejabat setempat pada Kamis siang bersama puluhan warga, penyuluh, "
        "dan petugas dinas pertanian yang membawa bibit cabai."
    )
    blank = {"relevance": "irrelevant", "tone": None, "programme_primary": "", "unit_primary": "", "kanwil": "", "units": []}
    return [
        row(1, RELEASE, 1.0, title="Panen jagung", **model),
        row(2, RELEASE, 1.1, title="PANEN  Jagung", outlet="Kabar Dua", **model),
        row(3, longer, 1.2, title="Panen atau pamer?", **model),
        row(4, other, 1.3, **blank) | {"text": None},
        row(5, other, 1.4, outlet="Kabar Dua", **blank) | {"text": None},
    ]


def write_log(place: Workplace, *lines: str) -> Path:
    """The folder's log with these rows below its header."""
    path = place.data / LOG
    path.write_text("\n".join(["key,field,old,new,who,when,why", *lines, ""]), encoding="utf-8")
    return path


def said(number: int, field: str, new: str, old: str = "x", who: str = "Sari") -> str:
    """One line of the log."""
    return f"{key(number)},{field},{old},{new},{who},2026-11-24T09:00:00+07:00,dibaca"
