"""Hand-made pages for the extraction's tests: invented releases, a page around them, and what a feed said of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from pipeline.extract.outlets import outlets_of
from pipeline.extract.single import page_of_file
from pipeline.records import Article, Page, Rejection
from pipeline.settings import default_config
from pipeline.work import extract_safely

NOW = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
OUTLETS = outlets_of(default_config())
URL = "https://kabar.example/berita/123/panen-jagung"
TITLE = "Warga Binaan Cirandu Panen Dua Ton Jagung di Lahan Bekas Sawah"
LINES = (
    "Warga binaan Lapas Kelas IIB Cirandu memanen dua ton jagung di lahan bekas sawah milik lapas pada Rabu pagi.",
    "Kepala lapas mengatakan bahwa hasil panen itu akan dijual ke pasar dan sebagian diserahkan kepada warga sekitar.",
    "Kegiatan ini merupakan bagian dari pembinaan kemandirian yang telah berjalan sejak awal tahun bersama dinas pertanian.",
    "Sebanyak 24 orang ikut serta dalam panen tersebut dan menerima premi sesuai dengan aturan yang berlaku.",
)


def document(*lines: str, head: str = "", before: str = "", after: str = "", title: str = TITLE) -> str:
    """A page with ``lines`` as paragraphs (markup allowed), ``head`` in its head, ``before`` and ``after`` around the article."""
    paragraphs = "\n".join(f"<p>{line}</p>" for line in lines or LINES)
    return (
        f'<!DOCTYPE html><html lang="id"><head><meta charset="utf-8"><title>{title}</title>{head}</head><body>{before}'
        f"<article><h1>{title}</h1>\n{paragraphs}\n</article>{after}</body></html>"
    )


def page(*bodies: str | bytes, **changes: Any) -> Page:
    """A fetched page with these bodies."""
    raw = tuple(body if isinstance(body, bytes) else body.encode() for body in bodies)
    return replace(page_of_file(b"", URL, NOW), **{"bodies": raw, **changes})


def article(*bodies: str | bytes, **changes: Any) -> Article:
    """The article of a page that has one."""
    outcome = extract_safely(page(*bodies, **changes), OUTLETS)
    assert isinstance(outcome, Article), outcome
    return outcome


def rejection(*bodies: str | bytes, **changes: Any) -> Rejection:
    """The rejection of a page that is none."""
    outcome = extract_safely(page(*bodies, **changes), OUTLETS)
    assert isinstance(outcome, Rejection), outcome
    return outcome
