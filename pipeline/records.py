"""The nouns that flow through the house: Source → Entry → Page → Article → Judgement → Story, and Rejection.

Frozen dataclasses of plain values. A step takes one noun and returns a new one; nothing is mutated.
Arrow shapes of the stored ones stand in ``store/schema.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class SourceKind(StrEnum):
    """How a source lists its articles."""

    RSS = "rss"  # RSS 0.9x to 2.0 and RDF
    ATOM = "atom"
    JSON = "json"  # JSON Feed 1.x
    SITEMAP = "sitemap"  # a news sitemap, or an index of sitemaps
    LISTING = "listing"  # an HTML index page
    WORDPRESS = "wordpress"  # a wp-json search
    HINT = "hint"  # Google News or Bing RSS: headlines only, links never resolved


class PublisherType(StrEnum):
    """Who speaks: kept apart so that a unit's own release is never counted as press."""

    NEWSROOM = "newsroom"
    WIRE = "wire"
    OWN = "own"
    AGGREGATOR = "aggregator"
    USER = "user"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """The closed list of reasons for which an entry or a page is not judged. Docs: docs/data.md."""

    # fetch
    GONE = "gone"  # 410, or 404 at try after try
    REFUSED = "refused"  # 401, 403, 451: the site does not want us
    RATE_LIMITED = "rate_limited"  # 429
    SERVER_ERROR = "server_error"  # 5xx
    UNREACHABLE = "unreachable"  # name, connection or TLS failure
    TIMEOUT = "timeout"
    TOO_LARGE = "too_large"
    NOT_HTML = "not_html"
    UNSAFE_ADDRESS = "unsafe_address"  # refused by the address guard
    TOO_MANY_REDIRECTS = "too_many_redirects"
    ROBOTS = "robots"
    BAD_URL = "bad_url"
    SAME_ARTICLE = "same_article"  # its canonical link is an article that is already known
    HTTP_STATUS = "http_status"  # any other status that is not 200
    CHALLENGE = "challenge"  # a "prove you are human" page instead of an answer, whatever its status
    PAYWALL = "paywall"  # 402
    CORRUPT = "corrupt"  # broken or truncated transfer: wrong length, bad gzip
    HOST_CLOSED = "host_closed"  # not asked: the host refused or failed lately and is left alone until a stated time
    OFF_TOPIC = "off_topic"  # title and summary hold no word of the subject; the page is not fetched (config/prefilter.txt)
    UNRESOLVED = "unresolved"  # a discovery hint whose link is not an outlet's address; kept by its headline
    BLOCKED = "blocked"  # its host is on the block list (config/blocked.csv)
    # extract
    NO_TEXT = "no_text"
    NOT_ARTICLE = "not_article"
    NOT_INDONESIAN = "not_indonesian"
    FORGOTTEN = "forgotten"  # its address, or its very text, was removed on request (`pantau forget`)
    BROKEN = "broken"  # extraction failed on this page; the detail names the error


class Retry(StrEnum):
    """What a failure means for the next run."""

    TEMPORARY = "temporary"  # try again at the next run
    SOFT = "soft"  # back off, keep trying
    FINAL = "final"  # never again


@dataclass(frozen=True, slots=True)
class Source:
    """One row of ``config/sources.csv``: where entries come from."""

    id: str
    outlet: str
    kind: SourceKind
    url: str
    scope: str = "local"  # national | regional | local | government
    province: str = ""
    tier: str = "T3"  # T0 owned, T1 national, T2 regional, T3 local, TX reposter (docs/data.md)
    publisher_type: PublisherType = PublisherType.UNKNOWN
    licence: str = "unknown"  # open | headline-only | blocked | unknown
    zone: str = "Asia/Jakarta"  # IANA zone for times that name none
    status: str = "active"  # active | probation (polled and reported, not counted on) | retired (a person took it out)
    owner: str = ""  # whose hosts share one pace; "" stands for the address's own site
    pages: str = "all"  # all | filtered: only entries whose title or summary holds a word of the subject are fetched
    conditional: bool = True  # ask with ETag and Last-Modified; off for servers that lie
    link_pattern: str = ""  # listing only: regular expression that an article's URL must match

    @property
    def polled(self) -> bool:
        """True when scheduled runs ask this source."""
        return self.status != "retired" and self.licence != "blocked"


@dataclass(frozen=True, slots=True)
class Entry:
    """One article as a feed, sitemap or listing announced it."""

    source_id: str
    key: str
    url: str
    title: str = ""
    summary: str = ""
    published: datetime | None = None  # aware
    published_raw: str = ""


@dataclass(frozen=True, slots=True)
class Announced:
    """An entry as a source showed it, and what is to become of it. ``state``: waiting | skipped | rejected.

    ``alias``: what names the article by its outlet's own numbering; a second address with it is folded into the first.
    """

    entry: Entry
    state: str = "waiting"
    reason: str = ""
    alias: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """The bytes of one article (all its parts, in order) with what the feed said of it."""

    key: str
    url: str
    final_url: str
    source_id: str
    outlet: str
    tier: str
    publisher_type: PublisherType
    licence: str
    zone: str
    feed_title: str
    feed_summary: str
    feed_published: datetime | None
    feed_published_raw: str
    content_type: str
    bodies: tuple[bytes, ...]
    parts_missing: int  # further parts of a split article that could not be had
    fetched_at: datetime
    version: int = 0  # 0: as first fetched; n: as changed at a later look (pipeline/fetch/revisits.py)
    first_fetched: datetime | None = None  # of version 0; None: this is it

    @property
    def first_seen(self) -> datetime:
        """When the article was first fetched, whatever its version."""
        return self.first_fetched or self.fetched_at


@dataclass(frozen=True, slots=True)
class Removed:
    """A line taken out of an article's text, with the rule that took it, so that nothing disappears unseen."""

    rule: str
    line: str


@dataclass(frozen=True, slots=True)
class DateCandidate:
    """One date that was found for a page. ``value`` is aware; ``zone`` as named, or "assumed:<IANA zone>"."""

    value: datetime
    raw: str
    method: str  # feed | json-ld | meta | time-tag | visible | state | url
    zone: str
    confidence: float
    timed: bool  # it names a clock time


@dataclass(frozen=True, slots=True)
class Dated:
    """A publication instant with its provenance. ``value`` is aware, or None when nothing dates the page."""

    value: datetime | None
    raw: str = ""
    method: str = "none"  # feed | json-ld | meta | time-tag | visible | state | url | none
    zone: str = ""  # the offset or zone as it was named, or "assumed:<IANA zone>"
    confidence: float = 0.0  # 0 to 1, by method (pipeline/extract/dating.py)
    status: str = "unknown"  # ok | suspect | unknown
    candidates: tuple[DateCandidate, ...] = ()  # all that were found, in the order of trust


@dataclass(frozen=True, slots=True)
class Article:
    """A page's article: cleaned text, title and publication instant."""

    key: str
    url: str
    canonical_url: str
    source_id: str
    outlet: str
    domain: str
    tier: str
    publisher_type: PublisherType
    licence: str
    title: str
    text: str  # paragraphs joined by "\n"
    language: str
    text_status: str  # full | partial | paywalled | headline
    dated: Dated
    first_seen: datetime
    removed: tuple[Removed, ...] = ()
    dateline_place: str = ""  # the place that the dateline names
    byline: str = ""  # who wrote it, as the page names them
    release_signals: tuple[str, ...] = ()  # marks of a press release, as they stand there: INFO_PAS, (Humas Lapas …), #Lapas…
    version: int = 0  # of its page
    charset: str = ""  # the codec by which the page's bytes were read; "" without bytes
    foreign_dateline: str = ""  # another outlet that the dateline or a closing line names: the text says itself that it is a copy


@dataclass(frozen=True, slots=True)
class Rejection:
    """The second exit of every step: what was not judged, and why."""

    key: str
    step: str  # fetch | extract
    reason: Reason
    detail: str = ""
    url: str = ""
    source_id: str = ""
    retry: Retry = Retry.FINAL
    version: int = 0  # of the page


@dataclass(frozen=True, slots=True)
class Evidence:
    """A span of the article's title or text that speaks for a label: ``field[start:end] == quote``.

    ``words``: the words in it that decided, as the article writes them and in its order; none where no single word did.
    """

    field: str  # title | text
    start: int
    end: int
    quote: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Relevance:
    """Is the article about Pemasyarakatan? ``label``: corrections | immigration | irrelevant.

    ``by``: rules | model | gate. The gate answers where no word of the subject stands in the article itself: no model is asked.
    """

    label: str
    probability: float
    evidence: tuple[Evidence, ...] = ()
    by: str = "rules"


@dataclass(frozen=True, slots=True)
class ProgrammeScore:
    """One programme's part in an article. ``role``: primary | related | mentioned."""

    slug: str
    code: str
    role: str
    probability: float
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Tone:
    """Tone toward the institution. ``label``: positive | neutral | negative | unsure."""

    label: str
    positive: float
    neutral: float
    negative: float
    evidence: tuple[Evidence, ...] = ()

    @property
    def certainty(self) -> float:
        """The share of what is said; of the likeliest label where that is "unsure"."""
        shares = {"positive": self.positive, "neutral": self.neutral, "negative": self.negative}
        return shares.get(self.label, max(shares.values()))


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident that an article tells: its code (``data/labels/LABELLING.md``) and the sentences that tell it."""

    code: str  # kabur | kerusuhan | kematian | kekerasan | korupsi_pungli | narkoba_internal | bencana | pelayanan | etik
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class UnitMention:
    """A corrections unit named in the article. ``kanwil`` is "" when the gazetteer does not know the unit.

    A name that fits several units is not known; ``candidates`` are their names, and ``kanwil`` is theirs if they share it.
    """

    name: str
    kind: str  # lapas | rutan | lpka | bapas | kanwil | rupbasan
    kanwil: str
    known: bool
    evidence: Evidence
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """Everything the judge says of one article; ``recipe`` names the config and code that said it."""

    relevance: Relevance
    programme_primary: str  # slug | umum | luar_program | "" when irrelevant
    programme_probability: float
    programme_evidence: tuple[Evidence, ...]  # for umum and luar_program too, which have no score of their own
    programmes: tuple[ProgrammeScore, ...]
    taxonomy: str  # version of the programme list that the article names or its date implies
    tone: Tone | None  # of title and text; None unless relevance is corrections
    title_tone: Tone | None  # of the title alone; None unless relevance is corrections
    units: tuple[UnitMention, ...]  # first = the actor in title or lead
    incidents: tuple[Incident, ...]  # at most two, the leading one first
    source_type: str  # press_release | report | opinion | aggregate
    release_signals: tuple[str, ...]
    needs_review: bool
    review_reasons: tuple[str, ...]
    review_priority: float  # 0 to 1: how much is lost if nobody looks; ranks, is no probability
    recipe: str

    @property
    def incident_codes(self) -> tuple[str, ...]:
        """The codes of the incidents, the leading one first."""
        return tuple(incident.code for incident in self.incidents)


@dataclass(frozen=True, slots=True)
class Story:
    """An article's place among its copies: ``story_id`` is the key of the first of them that was placed, and never changes."""

    key: str
    story_id: str
    origin: str  # key of the text that the others reprint
    role: str  # origin | reprint
    similarity: float  # word 5-gram Jaccard (or containment) with the text it matched, 1.0 for the origin itself
    reason: str  # origin: first | own release | wire | dateline; reprint: jaccard | containment
    merged_from: str = ""  # the story's former name, where a late article joined two


@dataclass(frozen=True, slots=True)
class Event:
    """A story's place among the accounts of one happening: ``event_id`` is the first story's name, and never changes."""

    story_id: str
    event_id: str
    role: str  # first | rewrite | report
    score: float  # evidence for the event in points, 0 for its first story
    reason: str  # what speaks for it: quotes, wording, numbers, title


@dataclass(frozen=True, slots=True)
class PartSummary:
    """What came of one pages part in a worker: counts only, never article text."""

    part: str
    judged: int = 0
    rejected: int = 0
    reasons: tuple[tuple[str, int], ...] = ()
    expired: bool = False  # its bodies were taken out after their time: its judgement stays as it is
    first: bool = True  # False: another writer's articles came to stand before these


@dataclass(slots=True)
class Tally:
    """Counts of one run. Mutable by purpose: the driver alone adds to it."""

    counts: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, n: int = 1) -> None:
        """Add ``n`` to the counter ``name``."""
        self.counts[name] = self.counts.get(name, 0) + n

    def get(self, name: str) -> int:
        """The counter's value, 0 if never added to."""
        return self.counts.get(name, 0)
