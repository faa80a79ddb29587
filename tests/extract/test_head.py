"""What a page says of itself: titles, article type, and its dates from JSON-LD, metas, time tags and visible text."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.extract.head import (
    MAX_ALL_ATTRIBUTES,
    MAX_TAGS,
    MAX_TEXT,
    MAX_TITLE,
    Head,
    parse_tree,
    read_head,
    too_long,
    unparsable,
)

DATE = "2026-11-18T09:15:00+07:00"
OTHER = "2020-02-02T02:02:02+07:00"
NEWS = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": "Judul", "datePublished": DATE}


def head(markup: str) -> Head:
    tree = parse_tree(f"<html>{markup}</html>".encode())
    assert tree is not None
    return read_head(tree)


def refusal(page: bytes) -> str:
    return unparsable(page, page.count(b"<"))


def script(data: Any) -> str:
    text = data if isinstance(data, str) else json.dumps(data)
    return f'<head><script type="application/ld+json">{text}</script></head>'


@pytest.mark.parametrize(
    "data",
    [
        NEWS,
        [NEWS],
        [{"@type": "Organization"}, NEWS],
        {"@graph": [{"@type": "WebPage", "datePublished": OTHER}, NEWS]},
        {"@graph": {"@graph": [[NEWS]]}},
        {"@type": "WebPage", "mainEntity": NEWS},
        {**NEWS, "@type": ["Thing", "Article"]},
        {**NEWS, "@type": "https://schema.org/NewsArticle"},
        {**NEWS, "@type": "schema:BlogPosting"},
        json.dumps({**NEWS, "articleBody": "satu NEWLINE dua"}).replace("NEWLINE", "\r\n\t"),
        json.dumps(NEWS) + "\n\n",
        '{"@type": "NewsArticle", "datePublished": "' + DATE + '",}',
        '{"@type": "NewsArticle", "headline": "Ia berkata "siap" lagi", "datePublished": "' + DATE + '"}',
        f"<!-- {json.dumps(NEWS)} -->",
        f"//<![CDATA[\n{json.dumps(NEWS)}\n//]]>",
    ],
)
def test_an_article_in_json_ld_is_found_wherever_it_stands(data: Any) -> None:
    found = head(script(data))
    assert found.json_ld_dates == (DATE,)
    assert found.is_article


@pytest.mark.parametrize(
    "data",
    [
        {"@type": "WebPage", "datePublished": DATE},
        {"@type": "WebSite", "mentions": NEWS},
        {"@type": "ItemList", "itemListElement": [NEWS]},
        {"datePublished": DATE},
        {**NEWS, "@type": None},
        {**NEWS, "datePublished": None},
        '{"@type": "NewsArticle", ',
        '{"@type": "WebPage", "datePublished": "' + DATE + '",}',
        "[" * 5000,
        '{"@type": "NewsArticle", "datePublished": ' + "1" * 5000 + "}",
        "",
        "null",
        '"NewsArticle"',
    ],
)
def test_what_is_no_whole_article_in_json_ld_gives_no_date(data: Any) -> None:
    assert head(script(data)).json_ld_dates == ()


def test_a_broken_block_does_not_hide_the_next_one() -> None:
    assert head(script("{broken") + script(NEWS)).json_ld_dates == (DATE,)


def test_a_million_json_ld_items_are_read_in_one_pass() -> None:
    assert head(script("[" + "[]," * 200_000 + json.dumps(NEWS) + "]")).json_ld_dates == (DATE,)


def test_titles_stand_in_the_order_of_trust_and_the_title_tag_last() -> None:
    found = head(
        '<head><title> Tab | Kabar </title><meta property="og:title" content=" Judul  og "></head>'
        f"{script(NEWS)}<body><h1>Kepala</h1>"
    )
    assert found.titles == ("Judul og", "Judul", "Kepala", "Tab | Kabar")


def test_missing_titles_leave_only_an_empty_title_tag() -> None:
    assert head("<body><p>Isi</p>").titles == ("",)


@pytest.mark.parametrize(
    ("headline", "title"),
    [("Lapas &amp; Rutan", "Lapas & Rutan"), ("a\ud800b", "a?b"), (None, None), (["x"], None), ("  ", None), (7, None)],
)
def test_a_headline_is_plain_text_or_not_there(headline: Any, title: str | None) -> None:
    assert head(script({**NEWS, "headline": headline})).titles == ((title, "") if title else ("",))


@pytest.mark.parametrize(
    "meta",
    [
        '<meta property="article:published_time" content="{}">',
        '<meta name="dtk:publishdate" content="{}">',
        '<meta itemprop="datePublished" content="{}">',
        '<META NAME="PubDate" CONTENT=" {} ">',
        '<meta name="DC.date.issued" content="{}">',
    ],
)
def test_a_publication_meta_is_a_date_and_marks_an_article(meta: str) -> None:
    found = head(f"<head>{meta.format(DATE)}</head>")
    assert (found.meta_dates, found.is_article) == ((DATE,), True)


@pytest.mark.parametrize("name", ["article:modified_time", "og:updated_time", "expires", "lastmod"])
def test_a_meta_of_another_instant_is_no_publication_date(name: str) -> None:
    found = head(f'<head><meta property="{name}" content="{DATE}"></head>')
    assert (found.meta_dates, found.is_article) == ((), False)


@pytest.mark.parametrize(
    "markup", [f'<time datetime="{DATE}">kemarin</time>', f'<abbr class="published" title="{DATE}">x</abbr>']
)
def test_a_time_tag_with_an_iso_date_counts(markup: str) -> None:
    assert head(f"<body>{markup}").time_tags == (DATE,)


@pytest.mark.parametrize(
    "markup", ["<time>18 November 2026</time>", '<time datetime="kemarin">x</time>', f'<abbr title="">{DATE}</abbr>']
)
def test_a_time_tag_without_one_does_not(markup: str) -> None:
    assert head(f"<body>{markup}").time_tags == ()


@pytest.mark.parametrize(
    "line",
    [
        "Rabu, 18 November 2026 | 09:15 WIB",
        "18/11/2026",
        "Jum'at, 24 Juli 2026 - 13:39 WIB",
        "November 18, 2026",
        "Terbit 2026-11-18 09.15 WIB",
    ],
)
def test_a_short_text_with_a_full_date_is_visible(line: str) -> None:
    assert head(f"<body><div class=meta>{line}</div>").visible_dates == (line,)
    assert head(f"<body><div><b>Redaksi</b> {line}<br></div>").visible_dates == (line,)


@pytest.mark.parametrize(
    "line",
    [
        "Rabu (18/11)",
        "18 November",
        "November 2026",
        "Nomor 12345678 tahun 2026",
        "18 November 2026 " + "menjadi hari yang panjang " * 4,
    ],
)
def test_a_text_without_a_full_date_or_a_long_one_is_not(line: str) -> None:
    assert head(f"<body><p>{line}</p>").visible_dates == ()


FOREIGN = [
    "<footer>{}</footer>",
    "<aside>{}</aside>",
    "<nav>{}</nav>",
    '<div id="footer"><p>{}</p></div>',
    '<div class="site-footer">{}</div>',
    '<div class="sidebar-right"><ul><li>{}</li></ul></div>',
    '<ol class="comment-list"><li>{}</li></ol>',
    '<section id="komentar">{}</section>',
    '<div class="related-posts">{}</div>',
    '<div class="berita-terkait">{}</div>',
    '<div class="box-terpopuler">{}</div>',
    '<div class="widget_recent">{}</div>',
    '<ul class="latest"><li>{}</li></ul>',
    '<div class="navbar"><h1>Kabar</h1>{}</div>',
    "<noscript>{}</noscript>",
    "<template>{}</template>",
]


@pytest.mark.parametrize("block", FOREIGN)
def test_a_date_of_another_story_of_a_comment_or_of_the_site_does_not_count(block: str) -> None:
    dates = f'<span>18 November 2026</span> <time datetime="{DATE}">x</time>'
    found = head(f"<body>{block.format(dates)}<p>Isi berita.</p>")
    assert (found.visible_dates, found.time_tags) == ((), ())


@pytest.mark.parametrize("line", ["© 1 Januari 2020 Kabar", "Copyright 18 November 2026", "Hak Cipta 18 November 2026"])
def test_a_copyright_line_is_no_date(line: str) -> None:
    assert head(f"<body><p>{line}</p>").visible_dates == ()


@pytest.mark.parametrize("frame", ['class="content has-sidebar"', 'id="comments-open"', 'class="latest-theme widget-ready"'])
def test_the_frame_around_the_headline_is_the_articles_whatever_its_class(frame: str) -> None:
    found = head(f"<body><div {frame}><h1>Judul</h1><span>18 November 2026</span><p>Satu.</p><p>Dua.</p></div>")
    assert found.visible_dates == ("18 November 2026",)


def test_a_page_builders_blocks_are_not_taken_for_the_sidebar() -> None:
    markup = f'<div class="elementor-element elementor-widget elementor-widget-post-info"><time datetime="{DATE}">x</time></div>'
    assert head(f"<body>{markup}").time_tags == (DATE,)


@pytest.mark.parametrize(
    ("href", "home"),
    [
        ("https://kabar.example/", True),
        ("https://kabar.example", True),
        ("/", True),
        ("https://kabar.example/judul", False),
        ("https://kabar.example/?p=758", False),
        ("", False),
        ("https://[bad", False),
    ],
)
def test_a_canonical_link_to_the_home_page_is_noticed(href: str, home: bool) -> None:
    assert head(f'<head><link rel="canonical" href="{href}"></head>').canonical_is_home is home


@pytest.mark.parametrize("text", ["", "   ", "\x00", "<!-- -->"])
def test_nothing_is_no_tree(text: str) -> None:
    assert parse_tree(text.encode("utf-8", "replace")) is None


@pytest.mark.parametrize(
    "text",
    [
        "<p>Isi\x00nya</p>",
        '<?xml version="1.0" encoding="utf-8"?><html><p>Isinya</p></html>',
        "<div>" * 1500 + "Isinya",
        "Isinya",
    ],
)
def test_odd_markup_still_gives_a_tree(text: str) -> None:
    tree = parse_tree(text.encode("utf-8", "replace"))
    assert tree is not None
    assert "Isinya" in "".join(str(piece) for piece in tree.itertext())


def test_a_page_made_to_hang_the_parser_is_named_and_a_rich_one_is_not() -> None:
    assert refusal(b"<b>" * MAX_TAGS) == f"{MAX_TAGS + 1} tags; {MAX_TAGS} are read"
    assert refusal(b"<b>" * (MAX_TAGS - 1)) == ""
    few = b"<img " + b"a=b " * 999 + b">"
    assert refusal(few * (MAX_ALL_ATTRIBUTES // 1_000)) == ""
    assert refusal(few * (MAX_ALL_ATTRIBUTES // 1_000 + 1)) == f"more than {MAX_ALL_ATTRIBUTES} attributes"
    assert refusal(b"<script>" + b"a = b; " * MAX_ALL_ATTRIBUTES + b"</script>") == ""
    assert "attributes" in refusal(b"<div " + b"a=1 " * 10_001 + b">")
    assert "attributes" in refusal(b"<div " + b"a " * 10_001)
    image = b'<img src="data:image/png;base64,' + b"A/+b" * 100_000 + b'==">'
    assert refusal(image + b"<p>" + b"kata = " * 20_000 + b"</p><script>" + b"a=1; " * 20_000 + b"</script>") == ""


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200), st.text("<>/=\"' @{}[]:,ld+json-scripttimemeta2026-11-18\n", max_size=120))
def test_no_markup_breaks_the_reading_and_no_lone_surrogate_comes_out(text: str, markup: str) -> None:
    for raw in (text, markup, f"<html>{markup}<script type='application/ld+json'>{text}</script>"):
        tree = parse_tree(raw.encode("utf-8", "replace"))
        if tree is not None:
            found = read_head(tree)
            assert all(
                line.isprintable() or line.encode() for line in (*found.titles, *found.visible_dates, *found.json_ld_dates)
            )


@pytest.mark.parametrize(
    ("markup", "refused"),
    [
        ("<p>" + "a" * MAX_TEXT + "</p>", False),
        ("<p>" + "a" * (MAX_TEXT + 1) + "</p>", True),
        ("<p>aa</p>" * (MAX_TEXT // 2 + 1), True),
        ("<p>isi</p>" + " " * 3 * MAX_TEXT, False),
        ("<p>isi" + "<br>                    " * (MAX_TEXT // 10), False),
        (f"<script>{'x' * 3 * MAX_TEXT}</script><style>{'y' * MAX_TEXT}</style><p>isi", False),
        (f'<img src="data:{"x" * 3 * MAX_TEXT}"><p>isi', False),
    ],
)
def test_only_text_that_readers_see_makes_a_page_too_long(markup: str, refused: bool) -> None:
    tree = parse_tree(f"<html><body>{markup}</body></html>".encode())
    assert tree is not None
    assert too_long(tree) == (f"more than {MAX_TEXT} characters of text" if refused else "")


def test_what_a_page_says_of_itself_is_bounded() -> None:
    found = head(f"<title>{'Panen ' * MAX_TITLE}</title><body>{'<h1>Panen Raya</h1>' * 500}{'<p>18 November 2026</p>' * 500}")
    assert max(map(len, found.titles)) == MAX_TITLE
    assert len(found.titles) < 50
    assert len(found.headings) < 50
    assert len(found.visible_dates) == 50
