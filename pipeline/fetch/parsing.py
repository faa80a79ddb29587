"""A source's answer to its listing: chooses the parser by the source's kind. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.fetch.feeds import Listing, parse_feed
from pipeline.fetch.hints import parse_hint
from pipeline.fetch.jsonfeed import parse_json_feed
from pipeline.fetch.listings import parse_listing
from pipeline.fetch.sitemaps import parse_sitemap
from pipeline.fetch.wordpress import parse_wordpress
from pipeline.records import Source, SourceKind


def parse(body: bytes, content_type: str, source: Source, base: str, selectors: Sequence[str] = ()) -> Listing:
    """What a 200 answer held. ``base``: the address that it came from in the end; ``selectors``: of the outlet's overlay.

    Never raises for what the bytes are; ``ValueError`` for a selector that cannot be read.
    """
    match source.kind:
        case SourceKind.RSS | SourceKind.ATOM:
            return parse_feed(body, source, base, content_type)
        case SourceKind.JSON:
            return parse_json_feed(body, source, base)
        case SourceKind.SITEMAP:
            return parse_sitemap(body, source, base, content_type)
        case SourceKind.LISTING:
            return parse_listing(body, source, base, selectors, content_type)
        case SourceKind.WORDPRESS:
            return parse_wordpress(body, source, base)
        case SourceKind.HINT:
            return parse_hint(body, source, base, content_type)
