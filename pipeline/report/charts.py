"""Bar charts as inline SVG that needs no script: tone by programme, outlet tiers, reprint depth; and the strokes of every chart.

Colours, fonts and strokes are classes of ``templates/laporan.css``, so one drawing serves light, dark and print. Text in a
drawing is escaped here. All lengths are pixels of a drawing that is ``WIDTH`` wide, which is about what a telephone shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from pipeline.report.page_figures import Programme
from pipeline.report.page_words import number, percent

WIDTH = 360
TONES = (("positif", "pos"), ("netral", "neu"), ("negatif", "neg"), ("belum yakin", "uns"))  # with their classes
_GLYPH = 6.3  # width of an average letter at the small size, in the wider of the systems' fonts
_LINE = 24  # letters of a programme's name on one line


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing with its name (for ids), its heading, what it shows in words, a hint for reading it, and its figures."""

    name: str
    title: str
    description: str
    svg: str
    hint: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tag(name: str, content: str = "", **attributes: object) -> str:
    """An SVG element; ``class_`` is ``class`` and ``_`` in a name is ``-``. ``content`` must be markup, not a stranger's text."""
    told = "".join(f' {key.rstrip("_").replace("_", "-")}="{escape(_plain(value))}"' for key, value in attributes.items())
    return f"<{name}{told}>{content}</{name}>" if content else f"<{name}{told}/>"


def words(x: float, y: float, text: str, class_: str = "", anchor: str = "start") -> str:
    """A line of text whose baseline begins, is centred or ends at ``x``, ``y``."""
    return tag("text", escape(text), x=x, y=y, class_=class_ or "plain", text_anchor=anchor)


def box(x: float, y: float, width: float, height: float, class_: str) -> str:
    """A rectangle; none where there is nothing to see."""
    return tag("rect", x=x, y=y, width=width, height=height, class_=class_) if width > 0 and height > 0 else ""


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> str:
    """A stroke."""
    return tag("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def drawing(name: str, title: str, description: str, height: float, marks: Iterable[str]) -> str:
    """The SVG element around the marks, with title and description for those who do not see it."""
    named = tag("title", escape(title), id=f"{name}-judul") + tag("desc", escape(description), id=f"{name}-uraian")
    return tag(
        "svg",
        named + "".join(marks),
        viewBox=f"0 0 {WIDTH} {_plain(height)}",
        width=WIDTH,
        height=height,
        role="img",
        aria_labelledby=f"{name}-judul {name}-uraian",
    )


def key(items: Sequence[tuple[str, str]], y: float, x: float = 0) -> list[str]:
    """A legend: (class, what it means), in lines from ``y`` on."""
    marks, at = [], x
    for class_, text in items:
        width = 15 + _GLYPH * len(text) + 10
        if at + width > WIDTH + 10 and at > x:
            at, y = x, y + 16
        marks += [box(at, y - 9, 10, 10, class_), words(at + 15, y, text)]
        at += width
    return marks


def programme_chart(lines: Sequence[Programme]) -> Chart:
    """Tone by programme: for each line all coverage above, independent coverage below, on one scale of articles."""
    name, title = "grafik-program", "Tone menurut program"
    left, room, top, step = 160, 146, 42, 25
    most = max((item.total for item in lines), default=0) or 1
    marks = key([(class_, told) for told, class_ in TONES], 12)
    marks += [words(WIDTH, 34, "semua / mandiri", "muted", "end")]
    for at, item in enumerate(lines):
        y = top + at * step
        marks += _name(item, y)
        if item.outside:
            marks.append(box(left, y + 2, room * item.total / most, 8, "outline"))
        marks += _stack(item.tones, left, y + 2, room / most, 10)
        marks += _stack(item.own, left, y + 14, room / most, 5)
        if not item.total:
            marks.append(line(left, y + 2, left, y + 19, "axis"))
        told = number(item.total) if item.outside else f"{number(item.total)} / {number(item.own_total)}"
        marks.append(words(WIDTH, y + 13, told, "" if item.total else "muted", "end"))
    description = (
        "Batang bertumpuk untuk setiap program: atas semua liputan, bawah liputan mandiri. Terbanyak "
        f"{number(most if lines else 0)} artikel. Angka lengkap ada di tabel di bawah grafik."
    )
    head = ("Program", "Artikel", "Positif", "Netral", "Negatif", "Belum yakin", "Mandiri", "Mandiri negatif")
    rows = tuple(
        (f"{item.code} {item.name}".strip(), *map(number, (item.total, *item.tones, item.own_total, item.own[2])))
        for item in lines
    )
    hint = "Jumlah artikel. Batang tebal: semua liputan; batang tipis: liputan mandiri. Keimigrasian saja tidak dinilai tonenya."
    return Chart(name, title, description, drawing(name, title, description, top + step * len(lines), marks), hint, head, rows)


def tier_chart(found: Sequence[tuple[str, str, int, int]]) -> Chart:
    """The outlets' tiers: each one's share of the counted articles, and how many of them are independent coverage."""
    name, title = "grafik-tier", "Artikel menurut tier media"
    total = sum(articles for _, _, articles, _ in found)
    rows = [
        (f"{tier} {told}", articles, own, percent(100 * articles / total) if total >= 5 else "–")
        for tier, told, articles, own in found
    ]
    marks = key([("all", "semua liputan"), ("own", "di antaranya mandiri")], 12)
    most = max((articles for _, articles, _, _ in rows), default=0) or 1
    for at, (label, articles, own, share) in enumerate(rows):
        y = 30 + at * 34
        marks += [words(0, y + 8, label), words(WIDTH, y + 8, f"{number(articles)} / {number(own)} · {share}", "", "end")]
        marks += [box(0, y + 14, WIDTH, 10, "track"), box(0, y + 14, WIDTH * articles / most, 10, "all")]
        marks.append(box(0, y + 14, WIDTH * own / most, 10, "own"))
    description = "Batang mendatar: " + "; ".join(f"{label} {number(articles)} artikel" for label, articles, _, _ in rows) + "."
    told = tuple((label, number(articles), share, number(own)) for label, articles, own, share in rows)
    hint = f"Semua / mandiri, lalu bagian dari n = {number(total)} artikel. Situs penyalin (TX) tidak dihitung."
    svg = drawing(name, title, description, 30 + 34 * len(rows) - 6, marks)
    return Chart(name, title, description, svg, hint, ("Tier", "Artikel", "Bagian", "Mandiri"), told)


def depth_chart(found: Sequence[tuple[str, int, int]]) -> Chart:
    """How often one text is printed: as many texts as there are, by the number of articles that print them."""
    name, title = "grafik-sebaran", "Seberapa sering satu teks dimuat"
    height, top = 70, 34
    most = max((texts for _, texts, _ in found), default=0) or 1
    step = WIDTH / max(1, len(found))
    marks = [line(0, top + height, WIDTH, top + height, "axis")]
    for at, (label, texts, articles) in enumerate(found):
        middle, tall = step * (at + 0.5), height * texts / most
        marks.append(box(middle - step * 0.34, top + height - tall, step * 0.68, tall, "all"))
        marks.append(words(middle, top + height - tall - 6, number(texts), "strong" if texts else "muted", "middle"))
        marks.append(words(middle, top + height + 15, f"{label} kali" if at == 0 else label, "", "middle"))
        marks.append(words(middle, top + height + 29, f"{number(articles)} artikel", "muted", "middle"))
    marks.append(words(0, 12, "banyaknya teks", "muted"))
    total, copies = sum(articles for _, _, articles in found), sum(articles - texts for _, texts, articles in found)
    description = "; ".join(f"dimuat {label} kali: {number(texts)} teks" for label, texts, _ in found) + "."
    told = f"{number(copies)} dari {number(total)} artikel mengulang teks yang sudah dihitung."
    hint = told if total else "Tidak ada artikel."
    rows = tuple((label, number(texts), number(articles)) for label, texts, articles in found)
    svg = drawing(name, title, description, top + height + 34, marks)
    return Chart(name, title, description, svg, hint, ("Dimuat", "Teks", "Artikel"), rows)


def _name(item: Programme, y: float) -> list[str]:
    """A programme's code and name on one or two lines, in the middle of its row."""
    told = f"{item.code} {item.name.partition(':')[0]}".strip()
    if item.outside:
        told = "Keimigrasian saja (di luar semua total)"
    lines = [told]
    if len(told) > _LINE and (cut := told.rfind(" ", 0, _LINE + 1)) > 0:
        lines = [told[:cut], told[cut + 1 :]]
    class_ = "label" if item.total else "label muted"
    first = y + 14 if len(lines) == 1 else y + 8.5
    return [words(0, first + 11 * at, text, class_) for at, text in enumerate(lines)]


def _stack(counts: Sequence[int], x: float, y: float, unit: float, height: float) -> list[str]:
    """Counts side by side, with a hair's breadth between them."""
    marks = []
    for count, (_, class_) in zip(counts, TONES, strict=True):
        marks.append(box(x, y, max(0.0, count * unit - 1), height, class_))
        x += count * unit
    return marks


def _plain(value: object) -> str:
    """A length without idle digits, so that equal weeks give equal bytes."""
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)
