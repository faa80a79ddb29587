"""Twelve weeks as a drawing: articles a week, and the negative share with its interval. Unwatched weeks are gaps, never zeros."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from pipeline.report.charts import WIDTH, Chart, box, drawing, key, line, tag, words
from pipeline.report.page_figures import cells
from pipeline.report.page_words import MONTHS, number, percent
from pipeline.report.summary import ALL, INDEPENDENT
from pipeline.report.trend import UNWATCHED, WATCHED

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.report.page_figures import Cells

_LEFT, _RIGHT = 30, WIDTH - 2
_BARS = (48, 116)  # top and bottom of the upper panel
_SHARES = (150, 244)  # and of the lower one
_NAME, _TITLE = "grafik-tren", "Tren mingguan"


def trend_chart(trend: pd.DataFrame) -> Chart:
    """The drawing of ``trend_table``. Hollow marks: weeks that were watched in part or collected later."""
    rows = cells(trend)
    every = [row for row in rows if row["cakupan"] == ALL]
    own = [row for row in rows if row["cakupan"] == INDEPENDENT]
    step = (_RIGHT - _LEFT) / max(1, len(every))
    middles = [_LEFT + step * (at + 0.5) for at in range(len(every))]
    marks = key([("own", "liputan mandiri"), ("all", "liputan lain"), ("gap", "tidak dipantau")], 12)
    marks += [words(0, 34, "Artikel per minggu", "strong")]
    marks += _bars(every, own, middles, step)
    marks += [words(0, 140, "Bagian negatif, selang 95%", "strong"), *_scale()]
    marks += [*_gaps(every, middles, step), *_shares(every, own, middles)]
    marks += _weeks(every, middles)
    marks += [tag("circle", cx=5, cy=280, r=3.5, class_="dot own-line"), words(15, 284, "mandiri")]
    marks += [tag("rect", x=72, y=276.5, width=7, height=7, class_="dot all-line"), words(85, 284, "semua")]
    marks += [words(WIDTH, 284, "pudar: tidak dipantau penuh", "muted", "end")]
    description = _described(every, own)
    head = (
        "Minggu",
        "Pemantauan",
        "Artikel",
        "Mandiri",
        "n mandiri",
        "Mandiri negatif",
        "Selang 95%",
        "Semua negatif",
        "Selang 95%",
    )
    told = tuple(_told(row, other) for row, other in zip(every, own, strict=True))
    hint = (
        "Selang Wilson 95%; salinan dihitung sebagai bukti yang lebih sedikit, dan kekeliruan penilai belum termasuk. Minggu "
        "yang tidak dipantau dikosongkan, bukan nol; bila n kurang dari 5, bagian tidak digambar."
    )
    return Chart(_NAME, _TITLE, description, drawing(_NAME, _TITLE, description, 288, marks), hint, head, told)


def _bars(every: Sequence[Cells], own: Sequence[Cells], middles: Sequence[float], step: float) -> list[str]:
    top, bottom = _BARS
    most = max((_count(row) for row in every), default=0) or 1
    marks = [line(_LEFT, bottom, _RIGHT, bottom, "axis")]
    for row, other, x in zip(every, own, middles, strict=True):
        if row["pemantauan"] == UNWATCHED:
            continue
        pale = "" if row["pemantauan"] == WATCHED else " pale"
        unit = (bottom - top) / most
        mine, rest = _count(other) * unit, (_count(row) - _count(other)) * unit
        marks.append(box(x - step * 0.36, bottom - mine, step * 0.72, mine, f"own{pale}"))
        marks.append(box(x - step * 0.36, bottom - mine - rest, step * 0.72, rest, f"all{pale}"))
        marks.append(words(x, bottom - mine - rest - 4, number(_count(row)), "tiny", "middle"))
    return marks


def _scale() -> list[str]:
    marks = []
    for share in (0, 50, 100):
        y = _y(share)
        marks += [
            line(_LEFT, y, _RIGHT, y, "axis" if share == 0 else "grid"),
            words(_LEFT - 4, y + 3, f"{share}%", "tiny", "end"),
        ]
    return marks


def _gaps(every: Sequence[Cells], middles: Sequence[float], step: float) -> list[str]:
    """Each run of unwatched weeks as one pale field over both panels."""
    marks, start = [], 0
    while start < len(every):
        end = start
        while end < len(every) and every[end]["pemantauan"] == UNWATCHED:
            end += 1
        if end > start:
            x, width = middles[start] - step / 2, step * (end - start)
            marks += [box(x, top, width, bottom - top, "gap") for top, bottom in (_BARS, _SHARES)]
        start = max(end, start + 1)
    return marks


def _shares(every: Sequence[Cells], own: Sequence[Cells], middles: Sequence[float]) -> list[str]:
    marks = []
    for rows, shift, class_ in ((every, 4.5, "all-line"), (own, -4.5, "own-line")):
        for row, middle in zip(rows, middles, strict=True):
            share = row["negatif_persen"]
            if not isinstance(share, float):
                continue
            x, pale = middle + shift, "" if row["pemantauan"] == WATCHED else " pale"
            low, high = _y(row["negatif_bawah"]), _y(row["negatif_atas"])
            marks.append(line(x, low, x, high, f"whisker {class_}{pale}"))
            if class_ == "own-line":
                marks.append(tag("circle", cx=x, cy=_y(share), r=3.5, class_=f"dot {class_}{pale}"))
            else:
                marks.append(tag("rect", x=x - 3, y=_y(share) - 3, width=6, height=6, class_=f"dot {class_}{pale}"))
    return marks


def _weeks(every: Sequence[Cells], middles: Sequence[float]) -> list[str]:
    """The first day of each week, its month where a month begins."""
    marks, last = [], ""
    for row, x in zip(every, middles, strict=True):
        day = datetime.strptime(str(row["awal"]), "%Y-%m-%d")  # noqa: DTZ007 - a day's name, no instant
        month = MONTHS[day.month - 1][:3]
        marks.append(words(x, _SHARES[1] + 13, str(day.day), "tiny", "middle"))
        if month != last:
            marks.append(words(x, _SHARES[1] + 24, month, "tiny muted", "middle"))
        last = month
    return marks


def _described(every: Sequence[Cells], own: Sequence[Cells]) -> str:
    gaps = sum(row["pemantauan"] == UNWATCHED for row in every)
    told = f"{len(every)} minggu, {gaps} di antaranya tidak dipantau. "
    shown = [row for row in own if isinstance(row["negatif_persen"], float)]
    if not shown:
        return f"{told}Tidak ada minggu dengan cukup liputan mandiri untuk menghitung bagian negatif."
    last = shown[-1]
    return (
        f"{told}Bagian negatif liputan mandiri pada minggu {last['minggu']}: {_share(last)}, selang 95% {_interval(last)}. "
        "Angka lengkap ada di tabel di bawah grafik."
    )


def _told(row: Cells, own: Cells) -> tuple[str, ...]:
    if row["pemantauan"] == UNWATCHED:
        return (str(row["minggu"]), UNWATCHED, *("–",) * 7)
    counts = (number(_count(row)), number(_count(own)), number(_count(own, "n")))
    return (str(row["minggu"]), str(row["pemantauan"]), *counts, _share(own), _interval(own), _share(row), _interval(row))


def _share(row: Cells) -> str:
    value = row["negatif_persen"]
    return percent(value if isinstance(value, float) else None)


def _interval(row: Cells) -> str:
    low, high = row["negatif_bawah"], row["negatif_atas"]
    return f"{percent(low)} sampai {percent(high)}" if isinstance(low, float) and isinstance(high, float) else "–"


def _y(share: object) -> float:
    top, bottom = _SHARES
    return bottom - (bottom - top) * (share if isinstance(share, int | float) else 0) / 100


def _count(row: Cells, name: str = "artikel_n") -> int:
    value = row[name]
    return int(value) if isinstance(value, int | float) else 0
