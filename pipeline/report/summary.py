"""01_ringkasan: one row per metric, this span beside the one before, all coverage and independent coverage apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.report import intervals, measure
from pipeline.report.intervals import Interval
from pipeline.report.restating import first_value, restated
from pipeline.report.rows import Row
from pipeline.report.table import Columns, frame_of

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.report.context import Correction, ReportContext
    from pipeline.report.period import Period

COLUMNS: Columns = {
    "minggu": "text",
    "status_minggu": "text",
    "kelengkapan": "text",
    "metrik": "text",
    "keterangan": "text",
    "cakupan": "text",
    "satuan": "text",
    "nilai": "rate",
    "n": "count?",
    "nilai_terkoreksi": "rate",
    "terkoreksi_bawah": "rate",
    "terkoreksi_atas": "rate",
    "nilai_minggu_lalu": "rate",
    "n_minggu_lalu": "count?",
    "kelengkapan_minggu_lalu": "text",
    "perubahan_abs": "rate",
    "perubahan_bawah": "rate",
    "perubahan_atas": "rate",
    "perubahan_persen": "rate",
    "disajikan_ulang": "text",
    "nilai_terbitan_pertama": "rate",
    "rekomendasi": "text",
}
ALL, INDEPENDENT = "semua liputan", "liputan mandiri"
COUNT, PERCENT, INDEX = "jumlah", "persen", "indeks"


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure. ``base`` is the n of a rate; None for counts, which are their own n.

    ``limits``: what chance alone may make of it, in its own unit; None where no model is at hand (distinct outlets, offices).
    ``corrected``: the figure, its low and its high end, corrected for the judge's measured errors; None where it is not.
    """

    name: str
    caption: str
    scope: str
    unit: str
    value: float | None
    base: int | None = None
    limits: Interval | None = field(default=None, compare=False)
    corrected: tuple[float, float, float] | None = None


def summary(now: Sequence[Row], before: Sequence[Row] | None, context: ReportContext, period: Period) -> pd.DataFrame:
    """The table. ``now`` and ``before`` hold counted rows; ``before`` None means that the span before has no data at all.

    Changes stay empty unless both spans are whole: part of a week against a whole one says nothing.
    """
    earlier = {metric.name: metric for metric in metrics(before, context)} if before is not None else {}
    found = metrics(now, context)
    return frame_of(COLUMNS, (_cells(metric, earlier.get(metric.name), context, period) for metric in found))


def metrics(rows: Sequence[Row], context: ReportContext) -> list[Metric]:
    """Every metric of a span's counted rows, in the order of the table."""
    own = measure.independent(rows)
    return [
        *_sizes(rows, ALL, ""),
        *_sizes(own, INDEPENDENT, "_mandiri"),
        _articles("salinan_n", "Artikel yang merupakan salinan teks lain", ALL, [row for row in rows if row.is_copy]),
        _articles("siaran_pers_n", "Siaran pers dan kanal milik instansi", ALL, [row for row in rows if row.release]),
        _share(
            "siaran_pers_persen", "Bagian siaran pers dan kanal milik instansi", ALL, [row for row in rows if row.release], rows
        ),
        _share("liputan_mandiri_persen", "Bagian liputan mandiri", ALL, own, rows),
        *_tones(rows, ALL, "", context.correction),
        *_tones(own, INDEPENDENT, "_mandiri", context.correction),
        *_titles(rows, ALL, ""),
        *_titles(own, INDEPENDENT, "_mandiri"),
        _happenings("insiden", "Isu dengan insiden", ALL, measure.incident_count(rows)),
        _happenings("insiden_mandiri", "Isu dengan insiden", INDEPENDENT, measure.incident_count(own)),
        Metric(
            "kanwil_terliput",
            "Kanwil dengan sedikitnya satu artikel",
            ALL,
            COUNT,
            len({row.kanwil for row in rows} & set(context.kanwil)),
        ),
        _articles("artikel_perlu_tinjau", "Artikel yang perlu ditinjau analis", ALL, [row for row in rows if row.needs_review]),
    ]


def _articles(name: str, caption: str, scope: str, rows: Sequence[Row]) -> Metric:
    return Metric(name, caption, scope, COUNT, len(rows), limits=intervals.of_count(len(rows), measure.worth(rows)))


def _happenings(name: str, caption: str, scope: str, count: int) -> Metric:
    """Distinct texts or events: each is a chance of its own."""
    return Metric(name, caption, scope, COUNT, count, limits=intervals.of_count(count, count))


def _share(
    name: str,
    caption: str,
    scope: str,
    part: Sequence[Row],
    whole: Sequence[Row],
    corrected: tuple[float, float, float] | None = None,
) -> Metric:
    value, limits = measure.percent(len(part), len(whole)), None
    if value is not None:
        low, high = intervals.of_share(len(part), len(whole), measure.worth(whole))
        limits = 100 * low, 100 * high
    return Metric(name, caption, scope, PERCENT, value, len(whole), limits, corrected)


def _sizes(rows: Sequence[Row], scope: str, suffix: str) -> list[Metric]:
    return [
        _articles(f"total_artikel{suffix}", "Artikel", scope, rows),
        _happenings(f"artikel_unik{suffix}", "Artikel setelah salinan digabung", scope, measure.story_count(rows)),
        _happenings(
            f"klaster_isu{suffix}",
            "Isu: peristiwa yang diberitakan, setelah salinan dan laporan tentang peristiwa yang sama digabung",
            scope,
            measure.event_count(rows),
        ),
        Metric(f"jumlah_media{suffix}", "Media yang memuat", scope, COUNT, measure.outlet_count(rows)),
    ]


def _tones(rows: Sequence[Row], scope: str, suffix: str, correction: Correction) -> list[Metric]:
    groups = {name: [row for row in rows if row.tone == label] for name, label in measure.TONES.items()}
    sure = [row for row in rows if row.tone in measure.TONES.values()]
    unsure = [row for row in rows if row.tone not in measure.TONES.values()]
    corrected = measure.corrected_percents(rows, correction)
    found = measure.tones(rows)
    limits = None
    if found.index is not None:
        limits = intervals.of_balance(found.positive, found.negative, found.sure, measure.worth(sure))
    return [
        *(
            _articles(f"{name}{suffix}_n", f"Artikel dengan tone {name.replace('_', ' ')}", scope, group)
            for name, group in (*groups.items(), ("belum_yakin", unsure))
        ),
        *(
            _share(f"{name}{suffix}_persen", f"Bagian tone {name}", scope, group, sure, corrected.get(name))
            for name, group in groups.items()
        ),
        Metric(
            f"indeks_tone{suffix}",
            "(positif - negatif) / (positif + netral + negatif)",
            scope,
            INDEX,
            found.index,
            found.sure,
            limits,
        ),
    ]


def _titles(rows: Sequence[Row], scope: str, suffix: str) -> list[Metric]:
    """The title's tone against the body's, of articles where both are sure."""
    both = [row for row in rows if row.tone in measure.TONES.values() and row.title_tone in measure.TONES.values()]
    worse = [row for row in both if measure.ORDER[row.title_tone] < measure.ORDER[row.tone]]
    better = [row for row in both if measure.ORDER[row.title_tone] > measure.ORDER[row.tone]]
    return [
        _articles(f"judul_lebih_negatif{suffix}_n", "Artikel yang judulnya lebih negatif daripada isinya", scope, worse),
        _share(f"judul_lebih_negatif{suffix}_persen", "Bagian judul yang lebih negatif daripada isinya", scope, worse, both),
        _articles(f"judul_lebih_positif{suffix}_n", "Artikel yang judulnya lebih positif daripada isinya", scope, better),
        _share(f"judul_lebih_positif{suffix}_persen", "Bagian judul yang lebih positif daripada isinya", scope, better, both),
    ]


def _cells(metric: Metric, before: Metric | None, context: ReportContext, period: Period) -> dict[str, object]:
    change = share = low_change = high_change = None
    value, low, high = metric.corrected or (None, None, None)
    if period.comparable and before is not None and metric.value is not None and before.value is not None:
        change = round(metric.value - before.value, 2)
        if metric.unit == COUNT:
            share = measure.change_percent(int(metric.value), int(before.value))
        if metric.limits is not None and before.limits is not None:
            ends = intervals.of_difference(metric.value, metric.limits, before.value, before.limits)
            low_change, high_change = (round(end, 2 if metric.unit == INDEX else 1) for end in ends)
    return {
        "minggu": str(context.span),
        "status_minggu": period.state,
        "kelengkapan": period.coverage,
        "metrik": metric.name,
        "keterangan": metric.caption,
        "cakupan": metric.scope,
        "satuan": metric.unit,
        "nilai": metric.value,
        "n": metric.base,
        "nilai_terkoreksi": value,
        "terkoreksi_bawah": low,
        "terkoreksi_atas": high,
        "nilai_minggu_lalu": before.value if before else None,
        "n_minggu_lalu": before.base if before else None,
        "kelengkapan_minggu_lalu": period.coverage_before,
        "perubahan_abs": change,
        "perubahan_bawah": low_change,
        "perubahan_atas": high_change,
        "perubahan_persen": share,
        "disajikan_ulang": "ya" if restated(context.first, metric) else "tidak",
        "nilai_terbitan_pertama": first_value(context.first, metric) if restated(context.first, metric) else None,
        "rekomendasi": "",
    }
