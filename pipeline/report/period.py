"""How far a week was watched, and so what its figures may claim and whether they may be set against last week's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.report.table import wib

if TYPE_CHECKING:
    from pipeline.dates import Week
    from pipeline.report.context import ReportContext

COMPLETE = "lengkap"
RUNNING = "minggu berjalan, belum lengkap"
PARTLY = "tidak dipantau penuh, tidak lengkap"
LATER = "dikumpulkan kemudian, mungkin tidak lengkap"


@dataclass(frozen=True, slots=True)
class Period:
    """``state`` is what ``status_minggu`` says; ``advice`` and ``comparison`` explain it and the week before in the notes."""

    state: str
    advice: str
    comparison: str
    comparable: bool


def period_of(context: ReportContext, *, found: bool, found_before: bool) -> Period:
    """The week's period. ``found`` and ``found_before``: whether any article of the week and of the one before is known."""
    state, advice = _state(context, context.week, found=found)
    before, why = _state(context, context.week.before, found=found_before)
    # Weeks that were collected in the same way may be compared, others not: a feed lists only what is recent.
    comparable = found_before and state == before and state in (COMPLETE, LATER)
    return Period(state, advice, _comparison(state, before, why, found=found_before, comparable=comparable), comparable)


def _state(context: ReportContext, week: Week, *, found: bool) -> tuple[str, str]:
    """(state, why it is not whole) of the report's week or of the one before it."""
    named = "minggu ini" if week == context.week else "minggu pembanding"
    first = context.first_poll
    begun = f"Pemantauan baru dimulai {wib(first)} WIB" if first else "Belum ada pengumpulan yang berhasil"
    late = first is None or first > week.start
    if week == context.week and not context.complete:
        more = "Angka masih akan bertambah; perubahan terhadap minggu lalu dikosongkan."
        return RUNNING, f"{begun}; angka {named} tidak akan lengkap. {more}" if late else more
    if first is not None and first >= week.end and found:
        text = f"artikel {named} dikumpulkan kemudian, sejauh masih tercantum di daftar berita sumber"
        return LATER, f"{begun}, sesudah {named} berakhir; {text}. Angkanya mungkin tidak lengkap."
    if late:
        return PARTLY, f"{begun}; angka {named} tidak lengkap."
    if (last := context.polls[-1]) < week.end:
        return PARTLY, f"Pengumpulan terakhir {wib(last)} WIB, sebelum {named} berakhir; angka {named} tidak lengkap."
    if not any(week.start <= poll < week.end for poll in context.polls):
        return PARTLY, f"Tidak ada pengumpulan yang berhasil selama {named}; angka {named} tidak lengkap."
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
