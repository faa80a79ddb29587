"""How far a span was watched, and so what its figures may claim and whether they may be set against those of the span before.

The words here are those of a week; ``wording.py`` turns them for other spans.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.report.completeness import INCOMPLETE, WHOLE, marked, missing_share
from pipeline.report.table import wib
from pipeline.report.wording import reworded

if TYPE_CHECKING:
    from pipeline.report.context import ReportContext
    from pipeline.report.span import Span

COMPLETE = "lengkap"
RUNNING = "minggu berjalan, belum lengkap"
PARTLY = "tidak dipantau penuh, tidak lengkap"
UNWATCHED = "tidak dipantau"
LATER = "dikumpulkan kemudian, mungkin tidak lengkap"
MAYBE = "mungkin tidak lengkap"


@dataclass(frozen=True, slots=True)
class Period:
    """``state`` is what ``status_minggu`` says; ``advice`` and ``comparison`` explain it and the span before in the notes.

    ``coverage`` and ``coverage_before``: whether their counts may be too low, "" for a span of which nothing is known;
    ``missing`` and ``missing_before``: the share of the usual volume that was out of sight, None where that is not known.
    """

    state: str
    advice: str
    comparison: str
    comparable: bool
    coverage: str
    coverage_before: str
    missing: float | None
    missing_before: float | None


def period_of(context: ReportContext, *, found: bool, found_before: bool) -> Period:
    """The span's period. ``found`` and ``found_before``: whether any article of it and of the one before is known."""
    state, advice = _state(context, context.span, found=found)
    before, why = _state(context, context.span.before, found=found_before)
    missing, missing_before = missing_share(context.sources), missing_share(context.sources, before=True)
    # Spans that were collected in the same way may be compared, others not: a feed lists only what is recent.
    comparable = found_before and state == before and state in (COMPLETE, LATER)
    told = _comparison(state, before, why, found=found_before, comparable=comparable)
    return Period(
        reworded(state, context.span),
        reworded(advice, context.span),
        reworded(told, context.span),
        comparable,
        _coverage(state, missing),
        _coverage(before, missing_before) if found_before else "",
        missing,
        missing_before,
    )


def _coverage(state: str, missing: float | None) -> str:
    if state in (RUNNING, PARTLY, UNWATCHED) or marked(missing):
        return INCOMPLETE
    return MAYBE if state == LATER else WHOLE


def _state(context: ReportContext, span: Span, *, found: bool) -> tuple[str, str]:
    """(state, why it is not whole) of the report's span or of the one before it."""
    named = "minggu ini" if span == context.span else "minggu pembanding"
    first = context.first_poll
    begun = f"Pemantauan baru dimulai {wib(first)} WIB" if first else "Belum ada pengumpulan yang berhasil"
    late = first is None or first > span.start
    if span == context.span and not context.complete:
        more = "Angka masih akan bertambah; perubahan terhadap minggu lalu dikosongkan."
        return RUNNING, f"{begun}; angka {named} tidak akan lengkap. {more}" if late else more
    if first is not None and first >= span.end and found:
        text = f"artikel {named} dikumpulkan kemudian, sejauh masih tercantum di daftar berita sumber"
        return LATER, f"{begun}, sesudah {named} berakhir; {text}. Angkanya mungkin tidak lengkap."
    if first is None or first >= span.end:
        return UNWATCHED, f"{begun}; nol berarti tidak ada yang memantau, bukan tidak ada berita."
    if late:
        return PARTLY, f"{begun}; angka {named} tidak lengkap."
    if (last := context.polls[-1]) < span.end:
        return PARTLY, f"Pengumpulan terakhir {wib(last)} WIB, sebelum {named} berakhir; angka {named} tidak lengkap."
    if not any(span.start <= poll < span.end for poll in context.polls):
        told = "nol berarti tidak ada yang memantau" if not found else f"angka {named} tidak lengkap"
        return PARTLY if found else UNWATCHED, f"Tidak ada pengumpulan yang berhasil selama {named}; {told}."
    return COMPLETE, ""


def _comparison(state: str, before: str, why: str, *, found: bool, comparable: bool) -> str:
    if not found:
        return "Tidak ada data untuk minggu lalu; kolom pembanding kosong."
    if comparable:
        rough = "Juga dikumpulkan kemudian. Daftar berita memuat lebih sedikit artikel lama, jadi perubahan hanya petunjuk kasar."
        return rough if state == LATER else ""
    if before == COMPLETE:
        return "" if state == RUNNING else "Minggu ini tidak lengkap; perubahan dikosongkan."
    return f"{why} Perubahan dikosongkan."
