"""00_catatan: what the reader must know to trust the other tables: scope, gaps, rejections, sources, versions, definitions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

from pipeline.independence import EXCLUDED_TIER
from pipeline.report import labels
from pipeline.report.completeness import gaps_by_outlet
from pipeline.report.context import Correction
from pipeline.report.glossary import DEFINITIONS
from pipeline.report.manifest import FORMAT_VERSION
from pipeline.report.programmes import OUTSIDE, UMUM
from pipeline.report.restating import reasons, restated
from pipeline.report.rows import CORRECTIONS, IMMIGRATION, IRRELEVANT, Row, counted
from pipeline.report.summary import COUNT, Metric, metrics
from pipeline.report.table import Columns, frame_of, joined, wib
from pipeline.report.wording import reworded

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.report.context import Entries, ReportContext
    from pipeline.report.period import Period

COLUMNS: Columns = {"minggu": "text", "bagian": "text", "butir": "text", "nilai": "text", "keterangan": "text"}
HEALTHY = frozenset({"ok", "unchanged"})
ERROR_LENGTH = 200  # characters of a source's error that are shown: one line of a spreadsheet

Note: TypeAlias = tuple[str, str, str, str]  # part, item, value, explanation


def notes(now: Sequence[Row], before: Sequence[Row] | None, context: ReportContext, period: Period) -> pd.DataFrame:
    """The table. ``now`` and ``before`` hold every row of their span; ``before`` None means no data for the span before."""
    found: list[Note] = [
        *_period(context, period),
        *_restated(now, context),
        *_coverage(now, before or [], context),
        *_rejections(context.entries),
        *_sources(now, context.sources),
        *_correction(context.correction),
        *_versions(now, context),
        *(("definisi", item, "", text) for item, text in DEFINITIONS),
    ]
    name, span = str(context.span), context.span
    cells = (
        (name, part, reworded(item, span), value, text if part in _NAMES else reworded(text, span))
        for part, item, value, text in found
    )
    return frame_of(COLUMNS, (dict(zip(COLUMNS, row, strict=True)) for row in cells))


_NAMES = frozenset({"sumber gagal", "sumber tanpa artikel", "sumber nonaktif"})  # the explanation holds others' words


_KINDS = {"minggu": "minggu ISO", "bulan": "bulan kalender", "rentang": "rentang hari"}


def _period(context: ReportContext, period: Period) -> list[Note]:
    span = context.span
    begun = wib(context.first_poll)
    return [
        ("periode", "minggu", str(span), f"Jenis: {_KINDS[span.kind]}"),
        ("periode", "awal", wib(span.start), "WIB, termasuk"),
        ("periode", "akhir", wib(span.end), "WIB, tidak termasuk"),
        ("periode", "wilayah", context.only or "semua kanwil", _office(context)),
        ("periode", "pemantauan dimulai", begun, "WIB, pengumpulan pertama yang berhasil" if begun else "Belum pernah"),
        ("periode", "status minggu", period.state, period.advice),
        ("periode", "minggu pembanding", str(span.before), period.comparison),
        ("periode", "kelengkapan liputan", period.coverage, _missing(period.missing)),
        ("periode", "kelengkapan minggu pembanding", period.coverage_before, _missing(period.missing_before)),
    ]


def _office(context: ReportContext) -> str:
    if not context.only:
        return ""
    return (
        "Hanya artikel yang UPT pelakunya di bawah kanwil ini; bagian penolakan dan sumber tetap tentang seluruh pengumpulan. "
        f"{context.unplaced} artikel dihitung tidak menyebut UPT yang dikenal, jadi tidak masuk laporan kanwil mana pun"
    )


def _missing(share: float | None) -> str:
    if share is None:
        return "Seberapa banyak yang terlewat tidak dapat diperkirakan: tidak ada sumber yang dipantau sebelum periode ini"
    told = f"{100 * share:.0f}".replace(".", ",")
    return f"Sekitar {told} persen dari volume biasa tidak terpantau karena sumber gagal dibaca pada hari-hari tertentu"


def _restated(rows: Sequence[Row], context: ReportContext) -> list[Note]:
    """Which figures are others than in the first edition, and why; nothing when none is."""
    if (first := context.first) is None:
        return []
    raw = replace(context, correction=Correction())  # corrected shares are not compared
    changed = [metric for metric in metrics(counted(rows), raw) if restated(first, metric)]
    if not changed:
        return []
    why = joined(reasons(first, rows, context.corrections))
    return [
        ("disajikan ulang", "angka yang berubah", str(len(changed)), f"Berbeda dari terbitan pertama: {why}"),
        *(
            (
                "disajikan ulang",
                metric.name,
                _figure(metric, metric.value),
                f"Terbitan pertama: {_figure(metric, first.figures[metric.name])}",
            )
            for metric in changed
        ),
    ]


def _figure(metric: Metric, value: float | None) -> str:
    """In words, so that no spreadsheet reads a decimal comma as thousands."""
    if value is None:
        return "tidak dicantumkan (n kecil)"
    told = f"{value:g}".replace(".", ",")
    return told if metric.unit == COUNT else f"{told} {metric.unit}"


def _coverage(rows: Sequence[Row], before: Sequence[Row], context: ReportContext) -> list[Note]:
    kept = counted(rows)
    listed_ids = {row.key for row in rows if row.relevance == CORRECTIONS}
    orphans = [row for row in kept if row.is_copy and row.origin not in listed_ids]
    known = {item.slug for item in context.taxonomy.programmes} | {UMUM, OUTSIDE}
    excluded = [row for row in rows if row.tier == EXCLUDED_TIER and row.relevance == CORRECTIONS]
    strange = [row for row in kept if row.primary not in known]
    listed = [
        ("artikel dinilai", len(rows), "Semua artikel minggu ini, relevan maupun tidak"),
        ("artikel dihitung", len(kept), "Tentang Pemasyarakatan, tanpa situs penyalin: dasar semua total"),
        ("dikecualikan: situs penyalin (TX)", len(excluded), joined(sorted(row.outlet for row in excluded))),
        (
            "dikecualikan: keimigrasian saja",
            _count(rows, IMMIGRATION),
            "Termasuk situs penyalin, yang tidak masuk baris keimigrasian",
        ),
        ("dikecualikan: tidak relevan", _count(rows, IRRELEVANT), "Bukan tentang Pemasyarakatan"),
        ("salinan", sum(row.is_copy for row in kept), "Artikel dihitung yang merupakan salinan"),
        ("salinan dari artikel di luar minggu ini", len(orphans), _origins(orphans, before)),
        (
            "tanggal terbit tidak diketahui",
            sum(row.date_status == "unknown" or row.published is None for row in kept),
            "Artikel dihitung; ditempatkan menurut waktu pertama kali ditemukan",
        ),
        (
            "tanggal terbit diragukan",
            sum(row.date_status == "suspect" and row.published is not None for row in kept),
            "Artikel dihitung; sumber tanggalnya saling bertentangan atau tidak wajar",
        ),
        ("tone belum yakin", sum(row.tone not in _SURE for row in kept), "Artikel dihitung"),
        (
            "ditarik media",
            sum(row.withdrawn is not None for row in kept),
            "Artikel dihitung yang halamannya sudah dihapus kemudian",
        ),
        (
            "versi baru",
            sum(row.version > 0 for row in kept),
            "Artikel dihitung yang teksnya diubah media; versi terbaru yang dinilai",
        ),
        ("bahasa mesin", sum(row.spun for row in kept), "Artikel dihitung yang diduga diputar kata oleh mesin"),
        (
            "tanpa teks",
            sum(not row.read for row in kept),
            "Artikel dihitung yang teksnya tidak disimpan: narasumber tidak diketahui",
        ),
        ("perlu tinjau", sum(row.needs_review for row in kept), "Artikel dihitung; lihat alasan_tinjau di 07_kliping"),
        ("tanpa kanwil", sum(not row.kanwil for row in kept), "Artikel dihitung yang UPT-nya tidak disebut atau tidak dikenal"),
        (
            "program di luar daftar yang dipakai",
            len(strange),
            joined(sorted(labels.programme(row.primary, context.taxonomy) for row in strange)),
        ),
    ]
    return [("cakupan", item, str(value), text) for item, value, text in listed]


def _origins(copies: Sequence[Row], before: Sequence[Row]) -> str:
    """Where the origins lie of copies whose ``duplikat_dari`` is no row of this week's clippings."""
    if not copies:
        return ""
    known = {row.key for row in before}
    last_week = sum(row.origin in known for row in copies)
    return (
        "Artikel asalnya (duplikat_dari) tidak tercantum di 07_kliping minggu ini; "
        f"{last_week} di antaranya berasal dari minggu lalu. artikel_unik menghitung isunya satu kali di setiap minggu"
    )


_SURE = frozenset({"positive", "neutral", "negative"})


def _count(rows: Iterable[Row], relevance: str) -> int:
    return sum(row.relevance == relevance for row in rows)


def _rejections(entries: Entries) -> list[Note]:
    """What was announced and is not among the articles: waiting, skipped, not judged yet, and rejected pages by reason."""
    rejected: Mapping[str, int] = entries.rejected
    return [
        (
            "penolakan",
            "menunggu diambil",
            str(entries.waiting),
            "Berita minggu ini yang halamannya belum dapat diambil; dicoba lagi",
        ),
        (
            "penolakan",
            "dilewati",
            str(entries.skipped),
            "Berita minggu ini yang judul dan ringkasannya tidak menyebut pemasyarakatan; kode: off_topic",
        ),
        ("penolakan", "belum dinilai", str(entries.unjudged), "Halaman minggu ini yang sudah diambil dan belum dinilai"),
        ("penolakan", "halaman ditolak", str(sum(rejected.values())), "Halaman yang tidak dinilai minggu ini"),
        *(
            ("penolakan", labels.word(labels.REASON, reason), str(count), f"kode: {reason}")
            for reason, count in sorted(rejected.items(), key=lambda item: (-item[1], item[0]))
        ),
    ]


def _sources(rows: Sequence[Row], frame: pd.DataFrame) -> list[Note]:
    """How many sources were healthy, then each that failed and each healthy one that neither listed nor dated anything here."""
    spoke = {row.source_id for row in rows}
    columns = [frame[name].tolist() for name in ("source_id", "outlet", "state", "last_ok", "last_error", "entries_week")]
    sources = sorted(zip(*columns, strict=True), key=lambda source: str(source[0]))
    active = [source for source in sources if _cell(source[2]) != "inactive"]
    failed = [source for source in active if _cell(source[2]) not in HEALTHY]
    silent = [source for source in active if _cell(source[2]) in HEALTHY and not source[5] and source[0] not in spoke]
    return [
        ("sumber", "sumber aktif", str(len(active)), ""),
        ("sumber", "sumber gagal", str(len(failed)), "Liputan dari sumber ini mungkin tidak lengkap"),
        (
            "sumber",
            "sumber tanpa artikel minggu ini",
            str(len(silent)),
            "Berhasil diperiksa, tetapi tidak memuat artikel minggu ini",
        ),
        *(
            (
                "sumber gagal",
                _named(source),
                labels.source_state(_cell(source[2]), _cell(source[4])),
                _failure(source[3], source[4]),
            )
            for source in failed
        ),
        *(("sumber tanpa artikel", _named(source), "0", "") for source in silent),
        *(
            ("sumber terputus", outlet, f"terbaca {read} dari {due} hari", "Liputan media ini mungkin tidak lengkap")
            for outlet, (read, due) in sorted(gaps_by_outlet(frame).items())
        ),
        *_unusual(frame),
        *(("sumber nonaktif", _named(source), "", "") for source in sources if _cell(source[2]) == "inactive"),
    ]


def _unusual(frame: pd.DataFrame) -> list[Note]:
    """Sources that brought less than their own past lets expect."""
    columns = (frame[name].tolist() for name in ("source_id", "outlet", "state", "verdict", "entries_week"))
    return [
        ("sumber di bawah kebiasaan", f"{outlet} ({source})", str(entries), labels.word(labels.VERDICT, verdict))
        for source, outlet, state, verdict, entries in sorted(zip(*columns, strict=True))
        if verdict in labels.VERDICT and state != "inactive"
    ]


def _cell(value: object) -> str:
    return value if isinstance(value, str) else ""


def _named(source: tuple[object, ...]) -> str:
    return f"{_cell(source[1])} ({_cell(source[0])})"


def _failure(last_ok: object, error: object) -> str:
    seen = wib(last_ok) if isinstance(last_ok, datetime) and last_ok == last_ok else ""  # NaT differs from itself
    detail = " ".join(_cell(error).split())[:ERROR_LENGTH]
    return joined(
        [f"terakhir berhasil {seen} WIB" if seen else "belum pernah berhasil", f"pesan teknis: {detail}" if detail else ""]
    )


_CORRECTION = {
    "known": ("tersedia", ""),
    "stale": ("tersedia, perlu diperbarui", "Contoh berlabel sudah berubah sejak kekeliruan diukur. "),
    "weak": ("tidak tersedia", "Contoh berlabel terlalu sedikit, atau tone terlalu sering tertukar, untuk mengoreksi. "),
    "missing": ("tidak tersedia", "Kekeliruan penilai belum diukur. "),
}


def _correction(correction: Correction) -> list[Note]:
    value, advice = _CORRECTION[correction.state]
    measured = f"Diukur pada {_thousands(correction.texts)} artikel berlabel. " if correction.texts else ""
    upkeep = "" if correction.state == "known" else "Operator: pantau evaluate --leave-one-batch-out --write"
    return [("koreksi tone", "bagian tone terkoreksi", value, f"{measured}{advice}{upkeep}".strip())]


def _thousands(count: int) -> str:
    return f"{count:,}".replace(",", ".")


def _versions(rows: Sequence[Row], context: ReportContext) -> list[Note]:
    recipes = sorted({row.recipe for row in rows if row.recipe} or {context.recipe})
    mixed = "Lebih dari satu resep: artikel minggu ini dinilai oleh aturan yang berbeda." if len(recipes) > 1 else ""
    listed = sorted({row.taxonomy for row in counted(rows) if row.taxonomy})
    return [
        ("versi", "format laporan", str(FORMAT_VERSION), ""),
        ("versi", "daftar program", context.taxonomy.version, context.taxonomy.title),
        (
            "versi",
            "daftar program yang dirujuk artikel",
            joined(listed),
            "Kolom versi_program di 07_kliping: daftar yang disebut artikel, atau yang berlaku pada tanggal terbitnya",
        ),
        ("versi", "resep model", joined(recipes), mixed or "Sidik konfigurasi dan kode yang memberi label"),
        *(
            (
                "mutu penilai",
                told,
                f"{context.scores[name]:.3f} dari 1".replace(".", ","),
                f"Batas bawah yang dijamin uji: {name}",
            )
            for name, told in labels.SCORE.items()
            if name in context.scores
        ),
        *_ordinals(context),
    ]


def _ordinals(context: ReportContext) -> list[Note]:
    """Which codes have a verified official number, and how sure the others are."""
    items = context.taxonomy.programmes
    verified = [f"{item.code} = nomor {item.ordinal}" for item in items if item.status == "verified" and item.ordinal is not None]
    rest = [item for item in items if item.status != "verified" or item.ordinal is None]
    return [
        ("program", "nomor resmi terverifikasi", str(len(verified)), joined(verified)),
        *(
            (
                "program",
                item.code,
                labels.word(labels.STATUS, item.status),
                f"{item.code} adalah kode proyek ini untuk {labels.short(item.slug)}, bukan nomor resmi",
            )
            for item in rest
        ),
    ]
