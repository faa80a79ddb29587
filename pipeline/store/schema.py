"""Arrow shapes of everything on disk: one module, one version, documented column by column in docs/data.md."""

from __future__ import annotations

import pyarrow as pa

# 2: `words` in every span of evidence, programme_evidence, title_tone…, incidents_evidence, review_priority.
# 3: dateline_place, byline, release_marks, foreign_dateline, date_candidates. Older parts are read with nulls there.
# 4: version and first_fetched of a page, version and charset of an article, version of a rejection.
SCHEMA_VERSION = 4

_instant = pa.timestamp("us", tz="UTC")
_span = [
    ("field", pa.string()),
    ("start", pa.int32()),
    ("end", pa.int32()),
    ("quote", pa.string()),
    ("words", pa.list_(pa.string())),
]
_evidence = pa.list_(pa.struct(_span))

PAGES = pa.schema(
    [
        ("key", pa.string()),
        ("url", pa.string()),
        ("final_url", pa.string()),
        ("source_id", pa.string()),
        ("outlet", pa.string()),
        ("tier", pa.string()),
        ("publisher_type", pa.string()),
        ("licence", pa.string()),
        ("zone", pa.string()),
        ("feed_title", pa.string()),
        ("feed_summary", pa.string()),
        ("feed_published", _instant),
        ("feed_published_raw", pa.string()),
        ("content_type", pa.string()),
        ("bodies", pa.list_(pa.binary())),
        ("parts_missing", pa.int32()),
        ("fetched_at", _instant),
        ("version", pa.int32()),  # 0: as first fetched; null in parts of version 3 and before
        ("first_fetched", _instant),  # of version 0, null there
    ]
)

ARTICLES = pa.schema(
    [
        # identity
        ("key", pa.string()),
        ("url", pa.string()),
        ("canonical_url", pa.string()),
        ("source_id", pa.string()),
        ("outlet", pa.string()),
        ("domain", pa.string()),
        ("tier", pa.string()),
        ("publisher_type", pa.string()),
        ("licence", pa.string()),
        ("version", pa.int32()),  # of the page that was read; the newest of a key counts
        # the article
        ("title", pa.string()),
        ("text", pa.string()),  # null where the settings keep no text
        ("text_sha256", pa.string()),
        ("words", pa.int32()),
        ("language", pa.string()),
        ("charset", pa.string()),
        ("text_status", pa.string()),
        ("removed", pa.list_(pa.struct([("rule", pa.string()), ("line", pa.string())]))),
        ("dateline_place", pa.string()),
        ("byline", pa.string()),
        ("release_marks", pa.list_(pa.string())),  # as they stand on the page; the judge's own finding is release_signals
        ("foreign_dateline", pa.string()),
        # time
        ("published", _instant),  # null when unknown
        ("published_raw", pa.string()),
        ("published_method", pa.string()),
        ("published_zone", pa.string()),
        ("published_confidence", pa.float64()),
        ("date_status", pa.string()),
        (
            "date_candidates",
            pa.list_(
                pa.struct(
                    [
                        ("value", pa.string()),  # ISO 8601 with the offset as it was read
                        ("raw", pa.string()),
                        ("method", pa.string()),
                        ("zone", pa.string()),
                        ("confidence", pa.float64()),
                        ("timed", pa.bool_()),
                    ]
                )
            ),
        ),
        ("first_seen", _instant),
        ("dated_at", _instant),  # published when its status is ok or suspect, else first_seen
        ("week", pa.string()),  # ISO week of dated_at in Asia/Jakarta, as 2026-W47
        # judgement
        ("relevance", pa.string()),
        ("relevance_probability", pa.float64()),
        ("relevance_by", pa.string()),  # rules | model | gate; null in parts of version 1
        ("relevance_evidence", _evidence),
        ("programme_primary", pa.string()),
        ("programme_probability", pa.float64()),
        ("programme_evidence", _evidence),
        ("programmes_related", pa.list_(pa.string())),
        ("programmes_mentioned", pa.list_(pa.string())),
        (
            "programmes",
            pa.list_(
                pa.struct(
                    [
                        ("slug", pa.string()),
                        ("code", pa.string()),
                        ("role", pa.string()),
                        ("probability", pa.float64()),
                        ("evidence", _evidence),
                    ]
                )
            ),
        ),
        ("taxonomy", pa.string()),
        ("tone", pa.string()),  # null unless relevance is corrections
        ("tone_positive", pa.float64()),
        ("tone_neutral", pa.float64()),
        ("tone_negative", pa.float64()),
        ("tone_evidence", _evidence),
        ("title_tone", pa.string()),  # of the title alone; null unless relevance is corrections
        ("title_tone_positive", pa.float64()),
        ("title_tone_neutral", pa.float64()),
        ("title_tone_negative", pa.float64()),
        ("title_tone_evidence", _evidence),
        ("unit_primary", pa.string()),  # "" when none is named
        ("kanwil", pa.string()),  # of unit_primary; "" when unknown
        ("units", pa.list_(pa.string())),
        ("units_unknown", pa.list_(pa.string())),
        ("incidents", pa.list_(pa.string())),
        ("incidents_evidence", pa.list_(pa.struct([("code", pa.string()), ("evidence", _evidence)]))),
        ("source_type", pa.string()),
        ("release_signals", pa.list_(pa.string())),
        ("needs_review", pa.bool_()),
        ("review_reasons", pa.list_(pa.string())),
        ("review_priority", pa.float64()),  # 0 to 1, ranks
        # provenance
        ("recipe", pa.string()),
        ("part", pa.string()),
    ]
)

REJECTIONS = pa.schema(
    [
        ("key", pa.string()),
        ("step", pa.string()),
        ("reason", pa.string()),
        ("detail", pa.string()),
        ("url", pa.string()),
        ("source_id", pa.string()),
        ("title", pa.string()),
        ("at", _instant),
        ("recipe", pa.string()),
        ("part", pa.string()),
        ("version", pa.int32()),
    ]
)

STORIES = pa.schema(
    [
        ("key", pa.string()),
        ("story_id", pa.string()),
        ("story_origin", pa.string()),  # key of the text that the others reprint
        ("story_role", pa.string()),  # origin | reprint
        ("story_similarity", pa.float64()),
        ("story_reason", pa.string()),
        ("story_merged_from", pa.string()),  # former story_id, where a late article joined two; else ""
        ("story_articles", pa.int32()),
        ("story_outlets", pa.int32()),
        ("event_id", pa.string()),
        ("event_role", pa.string()),  # first | rewrite | report
        ("event_score", pa.float64()),
        ("event_reason", pa.string()),
        ("event_articles", pa.int32()),
        ("event_stories", pa.int32()),
        ("event_newsrooms", pa.int32()),  # outlets with an account of their own
    ]
)
