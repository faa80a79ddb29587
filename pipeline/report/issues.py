"""03_isu and 04_negatif: the span's largest issues with every negative one, and the alert list, worst first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from pipeline.dates import JAKARTA
from pipeline.report import labels, measure
from pipeline.report.quotation import TITLE_ONLY, quotation
from pipeline.report.rows import NO_TIME, Row, by_event, by_story, lead
from pipeline.report.table import Columns, frame_of, joined, wib

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.report.context import ReportContext

LARGEST = 10  # fixed by the format's definition
SPEAKERS = 3  # offices shown of an issue

ISSUE_COLUMNS: Columns = {
    "minggu": "text",
    "isu_id": "text",
    "judul_isu": "text",
    "alasan_tampil": "text",
    "mulai": "text",
    "puncak": "text",
    "artikel_n": "count",
    "unik_n": "count",
    "media_n": "count",
    "mandiri_n": "count",
    "salinan_n": "count",
    "tone": "text",
    "positif": "count",
    "netral": "count",
    "negatif": "count",
    "belum_yakin": "count",
    "program_utama": "text",
    "upt": "text",
    "kanwil": "text",
    "insiden": "text",
    "narasumber_utama": "text",
    "respons_resmi": "text",
    "jam_ke_respons": "rate",
    "contoh_url": "text",
    "rekomendasi": "text",
}
ALERT_COLUMNS: Columns = {
    "minggu": "text",
    "waktu": "text",
    "judul": "text",
    "media": "text",
    "tier": "text",
    "url": "text",
    "kanwil": "text",
    "upt": "text",
    "insiden": "text",
    "program": "text",
    "skor": "rate",
    "kutipan_alasan": "text",
    "jenis_liputan": "text",
    "jumlah_salinan": "count",
    "jumlah_media": "count",
    "respons_resmi": "text",
    "perlu_tinjau": "text",
    "isu_id": "text",
    "status_tindak_lanjut": "text",
}


@dataclass(frozen=True)
class Issue:
    """An event with its counted articles of the span, and those of the span before, each in order of time."""

    id: str
    rows: tuple[Row, ...]
    earlier: tuple[Row, ...]

    @property
    def begun(self) -> datetime | None:
        """When it was first reported, as far as the two spans tell."""
        return min((row.at for row in (*self.earlier, *self.rows) if row.at), default=None)

    @cached_property
    def negative(self) -> tuple[Row, ...]:
        """Its articles with negative tone."""
        return tuple(row for row in self.rows if row.tone == "negative")

    @property
    def size_order(self) -> tuple[int, int, datetime, str]:
        """Most articles first, then most outlets, then the earliest, then the id: total."""
        return -len(self.rows), -measure.outlet_count(self.rows), self.rows[0].at or NO_TIME, self.id

    @cached_property
    def incidents(self) -> list[str]:
        """Every incident that any of its articles names."""
        return [incident for row in self.rows for incident in row.incidents]


def issues_of(now: Sequence[Row], before: Sequence[Row]) -> list[Issue]:
    """The events of the span's counted rows, largest first."""
    earlier = by_event(before)
    found = [Issue(event, tuple(rows), tuple(earlier.get(event, ()))) for event, rows in by_event(now).items()]
    return sorted(found, key=lambda issue: issue.size_order)


def issue_table(issues: Sequence[Issue], context: ReportContext) -> pd.DataFrame:
    """03_isu: the ``LARGEST`` and every story with a negative article, in order of size."""
    return frame_of(
        ISSUE_COLUMNS,
        (_issue_cells(issue, rank < LARGEST, context) for rank, issue in enumerate(issues) if rank < LARGEST or issue.negative),
    )


def alert_table(issues: Sequence[Issue], context: ReportContext) -> pd.DataFrame:
    """04_negatif: one row per story with a negative article; gravest incident, then highest score, independent first."""
    alerts = [(issue, lead(issue.negative)) for issue in issues if issue.negative]
    alerts.sort(key=lambda pair: _gravity(*pair))
    return frame_of(ALERT_COLUMNS, (_alert_cells(issue, row, context) for issue, row in alerts))


def tone_of(issue: Issue) -> str:
    """Negative if any article is (the worst fact sets the tone); else the most frequent label, on a tie the lead's own."""
    if issue.negative:
        return "negative"
    found = measure.tones(issue.rows)
    counts = {"positive": found.positive, "neutral": found.neutral, "unsure": found.unsure}
    top = [label for label, count in counts.items() if count == max(counts.values())]
    return top[0] if len(top) == 1 else lead(issue.rows).tone or "unsure"


def _gravity(issue: Issue, row: Row) -> tuple[int, float, bool, tuple[datetime, str]]:
    return -labels.weight(issue.incidents), -(_score(issue) or 0.0), not row.independent, row.order


def _score(issue: Issue) -> float | None:
    """The highest score for "negative" among the story's negative articles, from 0 to 1, two decimals as printed."""
    return max((round(row.negative, 2) for row in issue.negative if row.negative is not None), default=None)


def _peak(rows: Sequence[Row]) -> str:
    """The day (WIB) with most articles, the earliest on a tie."""
    return measure.most_common([f"{row.at.astimezone(JAKARTA):%Y-%m-%d}" for row in rows if row.at])[0]


def _reasons(issue: Issue, large: bool) -> list[str]:
    """Why a story shows: a single article is never called large; one that only fills the list is an example."""
    return [*(["terbesar"] if large and len(issue.rows) > 1 else []), *(["negatif"] if issue.negative else [])]


def _issue_cells(issue: Issue, large: bool, context: ReportContext) -> dict[str, object]:
    first = lead(issue.rows)
    found = measure.tones(issue.rows)
    answered, hours = response(issue)
    return {
        "minggu": str(context.span),
        "isu_id": issue.id,
        "judul_isu": first.title,
        "alasan_tampil": joined(_reasons(issue, large)) or "contoh",
        "mulai": wib(issue.begun),
        "puncak": _peak(issue.rows),
        "artikel_n": len(issue.rows),
        "unik_n": measure.story_count(issue.rows),
        "media_n": measure.outlet_count(issue.rows),
        "mandiri_n": len(measure.independent(issue.rows)),
        "salinan_n": sum(row.is_copy for row in issue.rows),
        "tone": labels.word(labels.TONE, tone_of(issue)),
        "positif": found.positive,
        "netral": found.neutral,
        "negatif": found.negative,
        "belum_yakin": found.unsure,
        "program_utama": labels.programme(first.primary, context.taxonomy),
        "upt": first.unit,
        "kanwil": first.kanwil,
        "insiden": joined(labels.incidents(issue.incidents)),
        "narasumber_utama": joined(_speakers(issue.rows)),
        "respons_resmi": answered,
        "jam_ke_respons": hours,
        "contoh_url": first.url,
        "rekomendasi": "",
    }


def _speakers(rows: Sequence[Row]) -> list[str]:
    """The offices that most texts quote, copies counted once; by the alphabet where as many do."""
    texts = [{office for row in story for office in row.speakers} for story in by_story(rows).values()]
    counts = Counter(office for offices in texts for office in offices)
    return sorted(counts, key=lambda office: (-counts[office], office))[:SPEAKERS]


def response(issue: Issue) -> tuple[str, float | None]:
    """Whether the institution answered a negative issue, and after how many hours: ("ada" | "tidak" | "belum diketahui", hours).

    It did when an official of it is quoted in the first negative article or in any that came later; hours run between the two.
    Without such a quotation it is only known not to have when the text of every article is held. ("", None) for other issues.
    """
    rows = [*issue.earlier, *issue.rows]
    bad = [row.at for row in rows if row.tone == "negative" and row.at]
    if not issue.negative or not bad:
        return "", None
    answers = [row.at for row in rows if row.institution_speaks and row.at and row.at >= min(bad)]
    if answers:
        return "ada", round((min(answers) - min(bad)).total_seconds() / 3600, 1)
    whole = all(row.read and row.licence not in TITLE_ONLY for row in rows)
    return "tidak" if whole else "belum diketahui", None


def _alert_cells(issue: Issue, row: Row, context: ReportContext) -> dict[str, object]:
    quotes = map(quotation, (row, *issue.negative))
    return {
        "minggu": str(context.span),
        "waktu": wib(row.at),
        "judul": row.title,
        "media": row.outlet,
        "tier": row.tier,
        "url": row.url,
        "kanwil": row.kanwil,
        "upt": row.unit,
        "insiden": joined(labels.incidents(issue.incidents)),
        "program": labels.programme(row.primary, context.taxonomy),
        "skor": _score(issue),
        "kutipan_alasan": next((quote for quote in quotes if quote), ""),
        "jenis_liputan": coverage(row),
        "jumlah_salinan": sum(one.is_copy for one in issue.rows),
        "jumlah_media": measure.outlet_count(issue.rows),
        "respons_resmi": response(issue)[0],
        "perlu_tinjau": labels.yes_no(any(item.needs_review for item in issue.negative)),
        "isu_id": issue.id,
        "status_tindak_lanjut": "",
    }


def coverage(row: Row) -> str:
    """What kind of coverage an article is, in the words of the notes."""
    if row.independent:
        return "liputan mandiri"
    if row.release:
        return "siaran pers"
    return "salinan" if row.is_copy else "lainnya"
