"""What is known of single outlets' pages: ``config/outlets/*.toml``, checked strictly, chosen by host and date."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field

from pipeline.configfile import ConfigFile, KeyPath, Problems, check, read_toml
from pipeline.extract.selectors import steps_of
from pipeline.urls import domain_of, host_of, is_fetchable


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Paging(_Shape):
    """How a split article is had whole: for the fetcher, and to tell a part from the whole."""

    whole: str = Field("", pattern=r"^(\?\w+=\w+|/\w+)?$", description='a tail such as "?page=all" or "/all", or empty')
    part: str = Field(
        "", pattern=r"^((\?\w+=|/)\{n\})?$", description='a tail with {n} for the number, such as "?page={n}", or empty'
    )
    in_one_document: bool = False
    valid_from: datetime.date | None = Field(None, description="a date such as 2025-03-01")
    valid_until: datetime.date | None = Field(None, description="a date such as 2026-10-31, the last day on which it held")

    def holds(self, day: datetime.date) -> bool:
        """True on the days on which the outlet's pages are had so."""
        return (self.valid_from or day) <= day <= (self.valid_until or day)


class Index(_Shape):
    """Where on the outlet's index pages its articles are listed: for sources of kind listing."""

    links: tuple[str, ...] = Field((), description="a list of selectors of the links, or of the boxes that hold them")


class Archive(_Shape):
    """Where the outlet lists older articles, for `pantau backfill`: HTML as its index pages, or a feed with page numbers."""

    url: str = Field("", description="an address with {n} for the page's number, or {dd}, {mm} and {yyyy} for a day, or both")
    pattern: str = Field("", description="a regular expression that addresses of articles match, where the source names none")


class Layout(_Shape):
    """One state of an outlet's pages. Selectors: tag, .class, #id, [attribute=value], joined by spaces."""

    valid_from: datetime.date | None = Field(None, description="a date such as 2025-03-01")
    valid_until: datetime.date | None = Field(None, description="a date such as 2026-10-31, the last day on which it was seen")
    body: tuple[str, ...] = Field((), description="a list of selectors; the first that holds a story is the body")
    remove: tuple[str, ...] = Field((), description="a list of selectors of blocks in the body that are not the story")
    date: tuple[str, ...] = Field((), description="a list of selectors of the line that tells when it was published")
    byline: tuple[str, ...] = Field((), description="a list of selectors of the line that names the writer")
    boilerplate: tuple[str, ...] = Field((), description="a list of regular expressions of whole lines that are not the story")

    def holds(self, day: datetime.date) -> bool:
        """True on the days on which the outlet's pages were seen so."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_until is None or day <= self.valid_until)


class Outlet(_Shape):
    """One file. ``elsewhere``: its body selectors are so telling that they are tried on pages of unknown hosts too."""

    outlet: str = Field(min_length=2, description="the outlet's name, or the name of a widespread theme")
    hosts: tuple[str, ...] = Field((), description="a list of host names; their subdomains belong to them")
    group: str = ""
    elsewhere: bool = Field(False, description="true or false")
    zone: Literal["", "Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"] = Field(
        "", description="Asia/Jakarta, Asia/Makassar, Asia/Jayapura or empty"
    )
    paging: Paging = Paging()
    listing: Index = Index()
    article_id: str = Field(
        "", description="a regular expression with one group: what names an article in its path, whatever its slug"
    )
    archive: Archive = Archive()
    layout: tuple[Layout, ...] = Field(min_length=1, description="at least one [[layout]]")


@dataclass(frozen=True)
class Tried:
    """What is looked for on the pages of one outlet and day: (outlet, layout) in the order in which they are tried."""

    layouts: tuple[tuple[str, Layout], ...]

    @cached_property
    def bylines(self) -> tuple[str, ...]:
        """The selectors of lines that name writers, each once."""
        return tuple(dict.fromkeys(selector for _, layout in self.layouts for selector in layout.byline))


MOST_TRIED = 1_000  # outlets and days that are remembered


class Outlets(_Shape):
    """All overlays, in the order of their files' names."""

    known: tuple[Outlet, ...] = ()

    @cached_property
    def _by_host(self) -> dict[str, Outlet]:
        """Host → the first outlet that names it."""
        return {name: outlet for outlet in reversed(self.known) for name in outlet.hosts}

    @cached_property
    def _tried(self) -> dict[tuple[tuple[str, ...], datetime.date], Tried]:
        """What was asked for lately: an outlet's hosts (none for an unknown one), a day → what is tried."""
        return {}

    def of(self, url: str) -> Outlet | None:
        """The overlay of the address's host; of several the one that names the longest part of it."""
        host = host_of(url)
        while host not in self._by_host:
            _, dot, host = host.partition(".")
            if not dot:
                return None
        return self._by_host[host]

    def identity(self, url: str) -> str:
        """What names the article at ``url`` on its host by the outlet's own numbering, "" where that is not known.

        Two addresses with one number are one article: its slug changed with its headline, or junk was glued to it.
        """
        outlet = self.of(url)
        found = re.search(outlet.article_id, urlsplit(url).path) if outlet and outlet.article_id else None
        return f"{domain_of(url)}:{found[1]}" if found and re.search(r"\d", found[1]) else ""

    def tried(self, url: str, day: datetime.date) -> Tried:
        """What to look for on a page of ``day``: the layouts of its own outlet first, then those that hold elsewhere."""
        own = self.of(url)
        key = (own.hosts if own else (), day)
        if (known := self._tried.get(key)) is not None:
            return known
        outlets = ([own] if own else []) + [other for other in self.known if other.elsewhere and other is not own]
        found = Tried(tuple((outlet.outlet, layout) for outlet in outlets for layout in outlet.layout if layout.holds(day)))
        if len(self._tried) >= MOST_TRIED:
            self._tried.clear()
        self._tried[key] = found
        return found

    def whole_text_url(self, url: str, day: datetime.date) -> str:
        """The address under which the outlet shows a split article whole, "" where it has none."""
        outlet = self.of(url)
        if outlet is None or not outlet.paging.whole or not outlet.paging.holds(day):
            return ""
        tail, bare = outlet.paging.whole, url.partition("#")[0]
        if tail.startswith("/"):
            path, _, query = bare.partition("?")
            return path.rstrip("/") + tail + (f"?{query}" if query else "")
        return bare + (tail.replace("?", "&") if "?" in bare else tail)


def load_outlets(folder: Path, problems: Problems) -> Outlets:
    """Every ``*.toml`` of ``folder``; mistakes, with file, line and key, go to ``problems``. No folder means no overlays."""
    known: list[Outlet] = []
    owners: dict[str, Path] = {}
    for path in sorted(folder.glob("*.toml")):
        file = read_toml(path, problems)
        outlet: Outlet | None = check(Outlet, file, problems) if file else None
        if file is None or outlet is None:
            continue
        for key, advice in _mistakes(outlet):
            problems.add(path, file.line(key), ".".join(map(str, key)), advice)
        _own(file, outlet, owners, problems)
        known.append(outlet)
    return Outlets(known=tuple(known))


def _own(file: ConfigFile, outlet: Outlet, owners: dict[str, Path], problems: Problems) -> None:
    for index, host in enumerate(outlet.hosts):
        first = owners.setdefault(host, file.path)
        if first != file.path:
            problems.add(file.path, file.line(("hosts", index)), f"hosts.{index}", f"{host!r} stands in {first.name} already")


def _mistakes(outlet: Outlet) -> Iterator[tuple[KeyPath, str]]:
    for index, host in enumerate(outlet.hosts):
        if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", host):
            yield ("hosts", index), f"{host!r} must be a host name in small letters, such as news.detik.com"
    if not outlet.hosts and not outlet.elsewhere:
        yield ("hosts",), "names no host, and elsewhere is false: no page would ever be read by it"
    try:
        groups = re.compile(outlet.article_id).groups if outlet.article_id else 1
    except (re.error, RecursionError, OverflowError) as error:
        yield ("article_id",), f"is not a regular expression: {error}"
    else:
        if groups != 1:
            yield ("article_id",), f"has {groups} groups; it needs one, around what names the article"
    for index, selector in enumerate(outlet.listing.links):
        try:
            steps_of(selector)
        except ValueError as error:
            yield ("listing", "links", index), str(error)
    yield from _archive_mistakes(outlet)
    for number, layout in enumerate(outlet.layout):
        if layout.valid_from and layout.valid_until and layout.valid_from > layout.valid_until:
            yield ("layout", number, "valid_until"), f"{layout.valid_until} lies before valid_from {layout.valid_from}"
        for name in ("body", "remove", "date", "byline"):
            for index, selector in enumerate(getattr(layout, name)):
                try:
                    steps_of(selector)
                except ValueError as error:
                    yield ("layout", number, name, index), str(error)
        for index, expression in enumerate(layout.boilerplate):
            try:
                re.compile(expression)
            except (re.error, RecursionError, OverflowError) as error:
                yield ("layout", number, "boilerplate", index), f"is not a regular expression: {error}"


def _archive_mistakes(outlet: Outlet) -> Iterator[tuple[KeyPath, str]]:
    url, own = outlet.archive.url, outlet.hosts
    tokens = re.findall(r"\{[^{}]*\}", url)
    unknown = sorted(set(tokens) - {"{n}", "{dd}", "{mm}", "{yyyy}"})
    of_day = {"{dd}", "{mm}", "{yyyy}"} & set(tokens)
    if unknown:
        yield ("archive", "url"), f"{', '.join(unknown)} means nothing; known are {{n}}, {{dd}}, {{mm}} and {{yyyy}}"
    elif url and (len(of_day) in (1, 2) or not tokens):
        yield ("archive", "url"), "needs {n}, or all of {dd}, {mm} and {yyyy}, so that there is more than one list"
    filled = re.sub(r"\{[^{}]*\}", "1", url)
    host = host_of(filled)
    if url and (not is_fetchable(filled) or not any(host == name or host.endswith("." + name) for name in own)):
        yield ("archive", "url"), f"{url!r} must be an absolute address of one of the hosts above"
    try:
        re.compile(outlet.archive.pattern)
    except (re.error, RecursionError, OverflowError) as error:
        yield ("archive", "pattern"), f"is not a regular expression: {error}"


@lru_cache(maxsize=4)
def outlets_of(config: Path) -> Outlets:
    """The overlays of a configuration folder, read once a process.

    Raises one ``ConfigError`` that lists every mistake.
    """
    problems = Problems()
    found = load_outlets(config / "outlets", problems)
    problems.raise_if_any()
    return found
