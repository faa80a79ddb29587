"""What ``pantau alert`` does: find what deserves an alert, note it, and send what each receiver is owed."""

from __future__ import annotations

import difflib
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

from pipeline import jobs
from pipeline.channels import LOOPBACK, Outcome
from pipeline.commands import need_data, place_of
from pipeline.dates import JAKARTA
from pipeline.errors import ConfigError
from pipeline.post import post
from pipeline.report import alerts
from pipeline.report.alert_text import PRIORITY, digest_subject, digest_text, filled, shortened, subject_of, text_of
from pipeline.report.alerts import Finding, Rules, Told
from pipeline.report.mail import alert_letter, message_of
from pipeline.report.pacing import Due, Message, messages
from pipeline.report.rows import CORRECTIONS, Row, read_rows
from pipeline.report.spike import spike_of
from pipeline.sending import DROPPED, Sendlog, alone_sending, attempt, refuse_strangers
from pipeline.settings import credentials, hook_secret
from pipeline.smtp import Session

LOG = "alerts.csv"
COLUMNS = ("at", "state", "alert", "channel", "message", "event", "key", "reasons", "priority", "kanwil", "detail")
RAISED = "raised"
# How far back articles are looked at: events are no longer than that, and a spike's past is shorter.
PAST = timedelta(days=30)

# Hands one message to one receiver: (name, subject, text, priority) → how it ended.
Send = Callable[[str, str, str, str], Outcome]


@dataclass(frozen=True, slots=True)
class Seen:
    """What the data folder tells: the latest articles, without their texts, and the negative stories by watched day."""

    rows: list[Row]
    daily: Mapping[date, int]


@dataclass(slots=True)
class Counts:
    """What one run did, for its summary line. ``sent`` and ``failed`` count messages, the others alerts."""

    raised: int = 0
    sent: int = 0
    waiting: int = 0
    failed: int = 0
    dropped: int = 0
    problems: list[str] = field(default_factory=list)

    def line(self) -> str:
        """One line; "" when nothing happened."""
        told = {"raised": self.raised, "messages sent": self.sent, "waiting": self.waiting, "failed": self.failed}
        told["no longer sent"] = self.dropped
        return f"alerts: {', '.join(f'{name} {count}' for name, count in told.items() if count)}" if any(told.values()) else ""


def alert(arguments: Namespace) -> int:
    """``pantau alert``."""
    place = place_of(arguments)
    need_data(place)
    counts = Counts()
    for line in alert_lines(place, counts, dry_run=arguments.dry_run):
        print(line, flush=True)
    return int(bool(counts.failed))


def alert_lines(place: jobs.Workplace, counts: Counts, *, dry_run: bool = False) -> Iterator[str]:
    """Raise and send; yields what a person reads: alerts that go nowhere else, problems, one summary line, or nothing.

    Raises ``ConfigError`` for settings that contradict themselves or, of a demo, name a receiver outside this machine.
    """
    _check(place)
    with jobs.alone(place):
        seen = seen_of(place)
    with alone_sending(place):
        book = Sendlog(place.data / LOG, COLUMNS)
        for finding in _new(place, seen, book):
            counts.raised += 1
            channels = channels_of(place, finding.kanwil)
            if dry_run or not channels:
                yield f"{text_of(finding, finding.id)}\n"
            if not dry_run:
                _raise(book, finding, channels, place.now)
        if not dry_run:
            _send_all(place, seen, book, counts)
    yield from counts.problems
    if line := counts.line():
        yield f"{line}{' (dry run: nothing was noted or sent)' if dry_run else ''}"


def seen_of(place: jobs.Workplace) -> Seen:
    """The data folder as it stands; the caller holds its lock, so that no half-judged run is taken for news."""
    from pipeline.corrected import articles, log_of
    from pipeline.store.dataset import stories_table

    frame = articles(place.data, log_of(place.data, place.config, place.units))
    frame = frame[frame["dated_at"] >= place.now - PAST]
    days = {stamp.astimezone(JAKARTA).date() for stamp in frame["first_seen"].dropna()}
    # What is not yet grouped would look like a new event.
    grouped = frame["key"].isin(stories_table(place.data)["key"].to_pylist())
    ours = frame[grouped & (frame["relevance"] == CORRECTIONS)]
    rows = read_rows(ours.drop(columns="text"))
    return Seen(rows, alerts.daily_stories(rows, days))


def _new(place: jobs.Workplace, seen: Seen, book: Sendlog) -> list[Finding]:
    told = [_told(row) for row in book.rows if row["state"] == RAISED]
    found = alerts.findings(seen.rows, told, place.now, _rules(place))
    today = place.now.astimezone(JAKARTA).date()
    spike = _spike(place, seen, today, told)
    return [*([spike] if spike else []), *found]


def _spike(place: jobs.Workplace, seen: Seen, day: date, told: Sequence[Told]) -> Finding | None:
    rules = place.settings.alert
    found = spike_of(seen.daily, day, least=rules.spike_least, false_alarm=rules.spike_false_alarm)
    return alerts.spike_finding(found, seen.rows, told) if found else None


def _rules(place: jobs.Workplace) -> Rules:
    return Rules(timedelta(hours=place.settings.alert.max_age_hours), place.settings.alert.sure)


def _told(row: Mapping[str, str]) -> Told:
    at = datetime.fromisoformat(row["at"])
    return Told(row["alert"], row["event"], row["key"], tuple(row["reasons"].split()), at)


def _raise(book: Sendlog, finding: Finding, channels: Sequence[str], now: datetime) -> None:
    """Note the alert and who is owed it: a receiver that is added later gets none of the past."""
    about = {"event": finding.event, "key": finding.key, "reasons": " ".join(finding.reasons), "kanwil": finding.kanwil}
    book.add(now, RAISED, finding.id, priority=PRIORITY[finding.priority], detail=" ".join(channels), **about)


def channels_of(place: jobs.Workplace, kanwil: str) -> tuple[str, ...]:
    """The receivers of an alert in ``kanwil``: "mail:address" and "hook:name"."""
    rules = place.settings.alert
    own = {name: [*_mails(one.mail_to), *_hooks(one.hooks)] for name, one in rules.kanwil.items()}
    return alerts.receivers(kanwil, [*_mails(rules.mail_to), *_hooks(rules.hooks)], own)


def _mails(addresses: Sequence[str]) -> list[str]:
    return [f"mail:{address}" for address in addresses]


def _hooks(names: Sequence[str]) -> list[str]:
    return [f"hook:{name}" for name in names]


def _check(place: jobs.Workplace) -> None:
    from pipeline.classify.units import KANWIL

    rules, mail = place.settings.alert, place.settings.mail
    for name in rules.kanwil:
        if name not in KANWIL:
            near = difflib.get_close_matches(name, KANWIL, 3, 0.4) or KANWIL
            raise ConfigError(f"settings.toml: alert.kanwil: {name!r} is no kanwil; write one of: {', '.join(near)}")
    mailed = [*rules.mail_to, *(to for one in rules.kanwil.values() for to in one.mail_to)]
    if mailed and not (mail.server and mail.sender):
        raise ConfigError("settings.toml: [alert] names mail addresses, but [mail] has no server or no sender")
    if mailed:
        refuse_strangers(place, local=mail.local)
    for hook in rules.hook:
        try:
            url, _ = hook_secret(hook)
        except ConfigError:
            continue  # told when something is to be sent there: one bad hook must not silence the others
        refuse_strangers(place, local=(urlsplit(url).hostname or "") in LOOPBACK)


def _send_all(place: jobs.Workplace, seen: Seen, book: Sendlog, counts: Counts) -> None:
    owed: dict[str, list[str]] = {}
    raised = {row["alert"]: row for row in book.rows if row["state"] == RAISED}
    for name, row in raised.items():
        for channel in row["detail"].split():
            if book.standing(name, channel).owed:
                owed.setdefault(channel, []).append(name)
    found = {name: _as_it_stands(place, seen, raised[name]) for names in owed.values() for name in names}
    with closing(Ways(place)) as ways:
        for channel, names in owed.items():
            for name in names:
                if found[name] is None:
                    book.add(place.now, DROPPED, name, channel, detail="too old, corrected, withdrawn or forgotten meanwhile")
                    counts.dropped += 1
            live = {name: finding for name in names if (finding := found[name])}
            _send(place, book, channel, raised, live, ways.to(channel), counts)


def _as_it_stands(place: jobs.Workplace, seen: Seen, row: Mapping[str, str]) -> Finding | None:
    """The alert by today's labels: what was corrected, withdrawn, forgotten or grew old while it waited is not sent."""
    if row["event"].startswith(f"{alerts.SPIKE}-"):
        day = date.fromisoformat(row["event"].removeprefix(f"{alerts.SPIKE}-"))
        fresh = datetime.fromisoformat(row["at"]) >= place.now - _rules(place).max_age
        return _spike(place, seen, day, ()) if fresh else None
    event = next((one.event_id for one in seen.rows if one.key == row["key"]), row["event"])
    members = [one for one in seen.rows if one.event_id == event]
    return alerts.finding_of(event, members, place.now, _rules(place))


def _send(
    place: jobs.Workplace,
    book: Sendlog,
    channel: str,
    raised: Mapping[str, Mapping[str, str]],
    live: Mapping[str, Finding],
    send: Send,
    counts: Counts,
) -> None:
    """All that one receiver gets now; the first failure leaves the rest to the next run."""
    rules = place.settings.alert
    ranked = sorted(live, key=lambda name: (-live[name].priority, -live[name].weight, raised[name]["at"]))
    due = [
        Due(name, datetime.fromisoformat(raised[name]["at"]), live[name].priority, _breaks(place, live[name])) for name in ranked
    ]
    done = 0
    for message in messages(due, place.now, rules.quiet, rules.per_hour, book.sent_to(channel)):
        told = partial(send, *_worded(message, live, book, channel))
        outcome = attempt(book, message.alerts, channel, place.now, told, message=message.alerts[0])
        if outcome.problem:
            counts.failed += 1
            counts.problems.append(f"{channel}: {outcome.problem}")
            if not outcome.final:
                break
        else:
            counts.sent += 1
        done += len(message.alerts)
    counts.waiting += len(due) - done


def _breaks(place: jobs.Workplace, finding: Finding) -> bool:
    return bool(set(finding.reasons) & set(place.settings.alert.breaks_quiet))


def _worded(message: Message, live: Mapping[str, Finding], book: Sendlog, channel: str) -> tuple[str, str, str, str]:
    """Name, subject, text and priority of a message."""
    found = [live[name] for name in message.alerts]
    texts = [
        text_of(finding, name, again=book.standing(name, channel).open > 0)
        for name, finding in zip(message.alerts, found, strict=True)
    ]
    priority = PRIORITY[max(finding.priority for finding in found)]
    if not message.why:
        return message.alerts[0], subject_of(found[0]), texts[0], priority
    return "-".join(message.alerts), digest_subject(found, message.why), digest_text(texts, message.why), priority


@dataclass(slots=True)
class Ways:
    """How messages go out; the mail server is connected to once for all receivers. Close it by leaving ``closing``."""

    place: jobs.Workplace
    session: Session | None = None

    def to(self, channel: str) -> Send:
        """The way to one receiver; where the settings cannot be used, one that fails with their fault: the others go on."""
        kind, _, name = channel.partition(":")
        try:
            return self._mail(name) if kind == "mail" else _hook(self.place, name)
        except ConfigError as error:
            problem = Outcome(str(error))
            return lambda *_: problem

    def _mail(self, to: str) -> Send:
        mail = self.place.settings.mail
        session = self.session = self.session or Session(mail, credentials(mail))

        def send(name: str, subject: str, text: str, _priority: str) -> Outcome:
            return session.send(message_of(alert_letter(name, subject, text), mail.sender, to, self.place.now))

        return send

    def close(self) -> None:
        """End the connection to the mail server."""
        if self.session:
            self.session.close()


def _hook(place: jobs.Workplace, name: str) -> Send:
    hook = next((one for one in place.settings.alert.hook if one.name == name), None)
    if hook is None:
        raise ConfigError(f"hook {name!r} is no longer in settings.toml")
    url, token = hook_secret(hook)

    def send(about: str, _subject: str, text: str, priority: str) -> Outcome:
        values = {"text": shortened(text, hook.max_characters), "id": about, "priority": priority}
        return post(url, token, filled(hook.template, values))

    return send
