"""The fast reader says what feedparser says, or leaves it to feedparser."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.fetch.feeds import Item, read_feed, read_leniently
from pipeline.fetch.markup import admit
from pipeline.fetch.wellformed import read_wellformed
from pipeline.newsroom.sites import feed, load_sample
from pipeline.settings import sample_folder

NAMESPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:slash="http://purl.org/rss/1.0/modules/slash/" xmlns:wfw="http://wellformedweb.org/CommentAPI/" '
    'xmlns:itunes="http://www.itunes.com/DTDs/PodCast-1.0.dtd" xmlns:thr="http://purl.org/syndication/thread/1.0"'
)
WORDPRESS = """<item><title>Panen raya di Lapas &#8220;Ulin&#8221; &amp; Rutan</title><link>https://kabar.example/a/?p=1&amp;x=2</link>
<comments>https://kabar.example/a/#respond</comments><dc:creator><![CDATA[Redaksi]]></dc:creator>
<pubDate>Mon, 23 Nov 2026 02:00:00 +0000</pubDate><category><![CDATA[Daerah]]></category>
<guid isPermaLink="false">https://kabar.example/?p=1</guid>
<description><![CDATA[<p>Warga binaan memanen&nbsp;cabai</p> [&#8230;]]]></description>
<content:encoded><![CDATA[<p>Isi <b>penuh</b></p>]]></content:encoded><slash:comments>0</slash:comments>
<wfw:commentRss>https://kabar.example/a/feed/</wfw:commentRss>
<enclosure url="https://kabar.example/a.jpg" length="1" type="image/jpeg" />
<media:content url="https://kabar.example/a.jpg" medium="image" /><source url="https://asal.example/">Asal</source>
<post-id xmlns="com-wordpress:feed-additions:1">17</post-id></item>"""
BLOGGER = """<entry><id>tag:blogger.com,1999:blog-1.post-2</id><published>2026-11-23T09:00:00.001+07:00</published>
<updated>2026-11-24T09:00:00+07:00</updated><title type="text">Rapat DPR &lt;b&gt;lapas&lt;/b&gt;</title>
<content type="html">&lt;div&gt;Isi&lt;/div&gt;</content>
<link rel="replies" type="application/atom+xml" href="https://kabar.example/feeds/2" title="Post Comments"/>
<link rel="alternate" type="text/html" href="https://kabar.example/2026/11/rapat.html" title="Rapat"/>
<author><name>Redaksi</name><uri>https://kabar.example</uri></author><thr:total>0</thr:total></entry>"""


def rss(items: str) -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" {NAMESPACES}><channel><title>Kabar</title>'
        f'<atom:link href="https://kabar.example/feed/" rel="self" type="application/rss+xml" /><link>https://kabar.example</link>'
        f"<description>Berita</description><image><url>https://kabar.example/i.png</url><title>Kabar</title></image>{items}</channel></rss>"
    ).encode()


def atom(entries: str) -> bytes:
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/" '
        f'xmlns:thr="http://purl.org/syndication/thread/1.0"><title>Kabar</title>'
        f'<link rel="self" href="https://kabar.example/f"/>{entries}</feed>'
    ).encode()


def both(body: bytes) -> tuple[tuple[Item, ...] | None, tuple[Item, ...]]:
    """(what the fast reader says, what feedparser says)."""
    markup = admit(body)
    assert not markup.problem
    fast = read_wellformed(markup.xml)
    return None if fast is None else tuple(map(Item._make, fast)), read_leniently(markup).items


@pytest.mark.parametrize(
    "body", [rss(WORDPRESS * 3), atom(BLOGGER * 3), rss(""), atom("")], ids=["wordpress", "blogger", "none", "none-atom"]
)
def test_what_common_systems_write_is_read_fast_and_alike(body: bytes) -> None:
    fast, slow = both(body)
    assert fast is not None
    assert fast == slow


def test_the_samples_feeds_are_read_fast_and_alike() -> None:
    sites = load_sample(sample_folder(), datetime(2026, 11, 23, tzinfo=UTC))
    bodies = [feed(site).body for site in sites if site.feed_format in ("rss", "atom")]
    found = [both(body) for body in bodies]
    assert len(found) >= 9
    assert all(fast and fast == slow for fast, slow in found)


def test_a_text_in_pieces_is_one_text() -> None:
    title = "<title>Panen<!-- catatan -->\nraya <?php x ?>di<![CDATA[ <b>Lapas</b>]]> &amp; Rut&#97;n</title>"
    fast, slow = both(rss(f"<!-- a --><item><!-- b -->{title}<link>https://a.example/1</link></item><!-- c -->"))
    assert fast == slow
    assert [item.title for item in slow] == ["Panen\nraya di <b>Lapas</b> & Rutan"]


def test_the_fields_are_those_that_stand_there() -> None:
    (item,) = both(rss(WORDPRESS))[0] or ()
    assert item.link == "https://kabar.example/a/?p=1&x=2"
    assert item.title == "Panen raya di Lapas “Ulin” & Rutan"
    assert item.summary.startswith("<p>Warga binaan memanen&nbsp;cabai</p>")
    assert (item.date, item.outlet) == ("Mon, 23 Nov 2026 02:00:00 +0000", "Asal")


@pytest.mark.parametrize(
    "odd",
    [
        "<item><title>Dua</title><title>judul</title><link>https://a.example/1</link></item>",
        "<item><title>Tanpa tautan</title><guid>https://a.example/1</guid></item>",
        "<item><title>Relatif</title><link>/1</link></item>",
        "<item><title>Spasi di tautan</title><link>https://a.example/a b</link></item>",
        "<item><title>Setengah entitas</title><link>https://a.example/?a=1&amp;copy;=2</link></item>",
        "<item><title>Markah <b>tebal</b></title><link>https://a.example/1</link></item>",
        "<item><dc:title>Judul lain</dc:title><link>https://a.example/1</link></item>",
        "<item><title>Dua tanggal</title><link>https://a.example/1</link><dc:date>2026-11-23</dc:date></item>",
        "<item><title>Media</title><link>https://a.example/1</link><media:title>Foto</media:title></item>",
        "<item><title>Atom di RSS</title><atom:link href='https://a.example/2'/><link>https://a.example/1</link></item>",
        "<item xml:base='https://b.example/'><title>Alas</title><link>https://a.example/1</link></item>",
        "<item><title>Windows \x93kutip\x94</title><link>https://a.example/1</link></item>",
        "<item><title type='base64'>SnVkdWw=</title><link>https://a.example/1</link></item>",
        "<item><title>Tak ditutup<link>https://a.example/1</link></item>",
        "<item><title>Entitas &nbsp; asing</title><link>https://a.example/1</link></item>",
        "<ITEM><title>Besar</title><link>https://a.example/1</link></ITEM>",
        "<item><title>Dalam</title><link>https://a.example/1</link><category><item><title>x</title></item></category></item>",
    ],
)
def test_what_is_unusual_is_left_to_feedparser(odd: str) -> None:
    body = rss(WORDPRESS + odd)
    assert both(body)[0] is None
    assert read_feed(body).items == read_leniently(admit(body)).items


@pytest.mark.parametrize(
    "old", ["<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/>", "<html/>", "<kabar/>", "<rss>"]
)
def test_another_root_is_left_to_feedparser(old: str) -> None:
    assert read_wellformed(old.encode()) is None


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"))) | st.sampled_from(
    ["", " ", "Lapas &amp; Rutan", "<p>a</p>", "CafÃ©", "a &nbsp; b", "]]&gt;", "&#8220;x&#8221;", "\u00a0spasi\u2003", "\t\r\n"]
)
RSS_LEAF = st.tuples(
    st.sampled_from(
        "title link description pubDate guid source category comments author enclosure content:encoded dc:creator dc:date "
        "dc:subject dc:description media:thumbnail media:content media:description itunes:summary slash:comments wfw:commentRss "
        "published updated id summary body image lastBuildDate ISSUED Title".split()
    ),
    TEXT | st.sampled_from(["https://a.example/1", "https://a.example/x?y=1&z=2#a", "Mon, 23 Nov 2026 02:00:00 +0700"]),
    st.booleans(),
    st.sampled_from(
        ["", ' url="https://b.example/"', ' isPermaLink="false"', ' type="html"', ' type="xhtml"', ' href="/x"', ' lang="id"']
    ),
)


def leaf(name: str, text: str, cdata: bool, attributes: str) -> str:
    inner = f"<![CDATA[{text.replace(']]>', '')}]]>" if cdata else escape(text)
    return f"<{name}{attributes}>{inner}</{name}>"


@given(st.lists(st.lists(RSS_LEAF, max_size=7), max_size=4))
@settings(max_examples=300)
def test_any_rss_is_read_as_feedparser_reads_it_or_not_at_all(items: list[list[tuple[str, str, bool, str]]]) -> None:
    given_link = "<link>https://a.example/a</link>"
    body = rss("".join(f"<item>{given_link}{''.join(leaf(*part) for part in item)}</item>" for item in items))
    fast, slow = both(body)
    assert fast is None or fast == slow


HEAD_NAMES = st.sampled_from(
    "title link description language generator docs ttl rating logo author publisher textInput image category content summary "
    "atom:link atom:author itunes:owner itunes:author itunes:category dc:publisher content:encoded media:thumbnail svg div "
    "width url name email".split()
)
HEAD_ATTRIBUTES = st.sampled_from(["", *(f' type="{kind}"' for kind in ("xhtml", "html")), ' mode="base64"', ' href="/x"']) | (
    st.sampled_from(["xml:base='https://b.example/'", "xmlns='http://www.w3.org/1999/xhtml'", "xmlns='http://purl.org/rss/1.0/'"])
).map(" {}".format)
HEAD_LEAF = st.builds(leaf, HEAD_NAMES, TEXT, st.booleans(), HEAD_ATTRIBUTES)
HEAD_PART = HEAD_LEAF | st.builds(
    lambda name, attributes, parts: f"<{name}{attributes}>{''.join(parts)}</{name}>",
    HEAD_NAMES | st.just("image"),
    HEAD_ATTRIBUTES,
    st.lists(HEAD_LEAF, min_size=1, max_size=3),
)


@pytest.mark.parametrize("body", [rss("@" + WORDPRESS), atom("@" + BLOGGER)], ids=["rss", "atom"])
@given(head=st.lists(HEAD_PART, max_size=4), tail=st.lists(HEAD_PART, max_size=2))
@settings(max_examples=60)
def test_under_any_head_the_items_are_read_as_feedparser_reads_them_or_not_at_all(
    body: bytes, head: list[str], tail: list[str]
) -> None:
    names = b"xmlns:content='http://purl.org/rss/1.0/modules/content/' xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd' "
    names += b"xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:atom='http://www.w3.org/2005/Atom' "
    if b"<feed " in body:
        body = body.replace(b"<feed ", b"<feed " + names)
    end = b"</feed>" if b"<feed " in body else b"</channel>"
    fast, slow = both(body.replace(b"@", "".join(head).encode()).replace(end, "".join(tail).encode() + end))
    assert fast is None or fast == slow


@pytest.mark.parametrize(
    "head",
    [
        "<title>Kabar <width>1</width></title>",
        "<image><url>https://kabar.example/i.png</url><item><title>Tersembunyi</title></item></image>",
        "<x:item xmlns:x='http://purl.org/rss/1.0/'><title>Nama lain</title></x:item>",
        "<itunes:owner><itunes:name>Redaksi</itunes:name></itunes:owner>",
    ],
)
def test_a_head_that_may_colour_the_items_is_left_to_feedparser(head: str) -> None:
    assert both(rss(head + WORDPRESS))[0] is None


@pytest.mark.parametrize(
    "inside", ["<a>" * 45_000 + "</a>" * 45_000, "<title>x</title>" * 45_000, "<category/>" * 90_000 + "<b/>"]
)
def test_neither_depth_nor_number_of_parts_breaks_it(inside: str) -> None:
    assert read_wellformed(rss(f"<item>{inside}</item>")) is None
    assert not read_wellformed(rss(f"<image>{inside}</image>"))


ATOM_LEAF = st.tuples(
    st.sampled_from("title summary content published updated id category author rights source issued media:thumbnail".split()),
    TEXT,
    st.booleans(),
    st.sampled_from(
        [
            "",
            ' type="html"',
            ' type="text"',
            ' type="xhtml"',
            ' type="application/xml"',
            ' src="https://c.example/"',
            ' mode="base64"',
        ]
    ),
)
ATOM_LINK = st.builds(
    lambda rel, kind, href: f"<link{rel}{kind} href={quoteattr(href)}/>",
    st.sampled_from(["", ' rel="alternate"', ' rel="self"', ' rel="enclosure"', ' rel="related"']),
    st.sampled_from(["", ' type="text/html"', ' type="application/xhtml+xml"', ' type="html"', ' type="image/jpeg"']),
    st.sampled_from(["https://a.example/1", "/relatif", "https://a.example/2?x=1&y=2", "", "javascript:0"]),
)


@given(st.lists(st.tuples(st.lists(ATOM_LINK, max_size=3), st.lists(ATOM_LEAF, max_size=6)), max_size=4))
@settings(max_examples=300)
def test_any_atom_is_read_as_feedparser_reads_it_or_not_at_all(
    entries: list[tuple[list[str], list[tuple[str, str, bool, str]]]],
) -> None:
    body = atom("".join(f"<entry>{''.join(links)}{''.join(leaf(*part) for part in parts)}</entry>" for links, parts in entries))
    fast, slow = both(body)
    assert fast is None or fast == slow


@given(st.binary(max_size=300))
def test_no_bytes_make_it_raise(noise: bytes) -> None:
    markup = admit(rss(WORDPRESS)[:900] + noise)
    if not markup.problem:
        read_wellformed(markup.xml)
