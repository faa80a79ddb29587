"""The week in five sentences: a fixed wording around the tables' figures, nothing else. The page and the mail begin with them."""

from __future__ import annotations

from pipeline.report.measure import MIN_N
from pipeline.report.page_figures import Figure, PageFacts, Tables, figures, negatives, programmes
from pipeline.report.page_words import listed, number, percent, span

TOP = 3  # programmes that are named


def sentences(tables: Tables, facts: PageFacts) -> tuple[str, ...]:
    """Volume, voices, tone, bad news, programmes: always five, also where there is nothing to tell.

    ``tables``: those of ``weekly_tables``. Titles in them are strangers' words: escape them before they go into HTML.
    """
    found = figures(tables)
    return (
        _volume(found, facts),
        _voices(found),
        _tone(found),
        _bad_news(tables, found),
        _programmes(tables),
    )


def _volume(found: dict[str, Figure], facts: PageFacts) -> str:
    articles = found["total_artikel"]
    place = f" di wilayah Kanwil {facts.kanwil}" if facts.kanwil else ""
    when = span(facts.span.start, facts.span.end)
    if not articles.count:
        return f"Tidak ada artikel tentang Pemasyarakatan{place} yang ditemukan untuk {when}{_compared(articles)}."
    if articles.count == 1:
        return f"Satu artikel tentang Pemasyarakatan{place} terbit pada {when}{_compared(articles)}."
    return (
        f"{_n(articles)} artikel tentang Pemasyarakatan{place} terbit pada {when} di {_n(found['jumlah_media'])} media"
        f"{_compared(articles)}; setelah salinan digabung, jumlahnya {_n(found['artikel_unik'])} artikel unik tentang "
        f"{_n(found['klaster_isu'])} isu."
    )


def _compared(figure: Figure) -> str:
    if figure.change is None or figure.before is None:
        return ""
    if not figure.change:
        return ", sama banyak dengan periode sebelumnya"
    way = "naik" if figure.change > 0 else "turun"
    chance = ""
    if figure.change_limits:
        low, high = figure.change_limits
        chance = f" (selang 95% perubahan: {number(round(low))} sampai {number(round(high))})"
    return f", {way} {number(abs(figure.change))} dari {number(figure.before)} pada periode sebelumnya{chance}"


def _voices(found: dict[str, Figure]) -> str:
    articles, own, releases = (found[name] for name in ("total_artikel", "total_artikel_mandiri", "siaran_pers_n"))
    if not articles.count:
        return "Karena itu tidak ada liputan mandiri maupun siaran pers yang dapat dihitung."
    rest = articles.count - own.count - releases.count
    if articles.count == 1:
        kind = "liputan mandiri redaksi" if own.count else "siaran pers atau kanal milik instansi" if releases.count else ""
        return f"Artikel itu {kind or 'bukan liputan mandiri dan bukan siaran pers'}."
    copies = f"{_n(found['salinan_n'])} artikel merupakan salinan dan tidak dihitung sebagai suara tersendiri"
    kinds = [
        f"{_n(own)}{_share(found['liputan_mandiri_persen'])} liputan mandiri redaksi",
        f"{_n(releases)}{_share(found['siaran_pers_persen'])} siaran pers atau kanal milik instansi",
        *([f"{number(rest)} lainnya"] if rest else []),
    ]
    return (
        f"Dari semua artikel itu, {listed(kinds)}; {copies if found['salinan_n'].count else 'tidak satu pun merupakan salinan'}."
    )


def _tone(found: dict[str, Figure]) -> str:
    own = [found[f"{tone}_mandiri_n"] for tone in ("positif", "netral", "negatif")]
    every = [found[f"{tone}_n"] for tone in ("positif", "netral", "negatif")]
    sure = sum(figure.count for figure in own)
    if not sum(figure.count for figure in every):
        return "Tone pemberitaan tidak dapat dinyatakan karena tidak ada artikel dengan tone yang jelas."
    if found["total_artikel"].count == 1:
        word = next(tone for tone, figure in zip(("positif", "netral", "negatif"), every, strict=True) if figure.count)
        return f"Tone-nya {word}; satu artikel belum menunjukkan kecenderungan, jadi tidak ada persentase."
    rest = f"di semua liputan {_n(every[0])} positif, {_n(every[1])} netral, dan {_n(every[2])} negatif"
    if not sure:
        return f"Tidak ada liputan mandiri dengan tone yang jelas; {rest}."
    few = f" (n kurang dari {MIN_N}, jadi tanpa persentase)" if sure < MIN_N else ""
    return (
        f"Di antara {number(sure)} liputan mandiri dengan tone yang jelas, {_n(own[0])} positif, {_n(own[1])} netral, dan "
        f"{_n(own[2])} negatif{few or _negative_share(found['negatif_mandiri_persen'])}; {rest}."
    )


def _negative_share(figure: Figure) -> str:
    if figure.value is None:
        return ""
    if figure.corrected is None:
        return f" ({percent(figure.value)})"
    value, low, high = figure.corrected
    return (
        f" ({percent(figure.value)}; setelah kekeliruan penilai dikoreksi {percent(value)}, selang 95% {percent(low)} sampai "
        f"{percent(high)})"
    )


def _bad_news(tables: Tables, found: dict[str, Figure]) -> str:
    stories = negatives(tables)
    if not stories:
        if not found["total_artikel"].count:
            return "Tidak ada isu negatif yang ditemukan, tetapi tanpa artikel hal itu bukan bukti bahwa tidak ada kejadian."
        return f"Tidak ada isu negatif yang ditemukan; {_n(found['insiden'])} isu memuat insiden."
    first = stories[0]
    told = ", ".join(filter(None, (first.outlet, listed(first.incidents))))
    which = "satu-satunya isu itu" if len(stories) == 1 else "yang terberat menurut bobot insiden"
    issues, hit = _n(found["klaster_isu"]), _n(found["insiden"])
    return (
        f"Ada {number(len(stories))} isu negatif, dan {hit} dari {issues} isu memuat insiden; {which}: “{first.title}” ({told})."
    )


def _programmes(tables: Tables) -> str:
    every = [item for item in programmes(tables) if item.listed]
    told = sorted((item for item in every if item.total), key=lambda item: -item.total)[:TOP]
    empty = sum(not item.total for item in every)
    if not told:
        return f"Tidak satu pun dari {number(len(every))} program dalam daftar diberitakan sebagai pokok artikel."
    names = [f"{item.code} {item.name} ({number(item.total)} artikel, {number(item.own_total)} mandiri)" for item in told]
    rest = f"{number(empty)} dari {number(len(every))} program tidak diberitakan" if empty else "semua program diberitakan"
    return f"Program yang paling banyak diberitakan ialah {listed(names)}; {rest}."


def _n(figure: Figure) -> str:
    return number(figure.count)


def _share(figure: Figure) -> str:
    return "" if figure.value is None else f" ({percent(figure.value)})"
