"""The one rule of whose account an article is: a newsroom's own, or somebody else's words."""

from __future__ import annotations

NEWSROOMS = frozenset({"newsroom", "wire"})  # publisher types with a desk of their own
OWN_WORDS = frozenset({"report", "opinion"})  # source types; a release or a digest is taken over
OWN_TIER = "T0"  # the institution's channels
EXCLUDED_TIER = "TX"  # reposters and spinner farms


def independent(*, publisher_type: str, source_type: str, tier: str, is_copy: bool, is_rewrite: bool) -> bool:
    """Whether a newsroom or wire wrote it itself: never a release, its rewriting, an own channel, a reposter or a copy."""
    written = publisher_type in NEWSROOMS and source_type in OWN_WORDS and tier not in (OWN_TIER, EXCLUDED_TIER)
    return written and not is_copy and not is_rewrite
