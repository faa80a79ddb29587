"""The pages on which a reviewer works: the queue, one article with its questions, undo, the history of the log."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from pipeline.app.asked import Asked, Reply, Session, name_of, see
from pipeline.app.browsing import Browsing, Facts, opened
from pipeline.app.desk import Desk, Saved, tally
from pipeline.app.held import Shelf
from pipeline.app.rendering import FIELD, Render, label
from pipeline.app.signing import new_session, same
from pipeline.classify.corpus import INCIDENTS, MAX_RELATED, RELEVANCE
from pipeline.classify.taxonomy import OUTSIDE, UMUM
from pipeline.correcting import ChangedError, Shown
from pipeline.errors import ConfigError
from pipeline.stories.corrected import ANSWERED_BY, travels
from pipeline.stories.corrections import FIELDS, LISTS, NONE, text_of, value_of

HISTORY = 100  # rows of the log on its page
NOTE = 300  # characters of a reason
FORM = ("relevance", "programme_primary", "programmes_related", "tone", "title_tone", "incidents", "unit_primary")


class Reviewing(Browsing):
    """Each method answers one path."""

    def __init__(self, shelf: Shelf, facts: Facts, render: Render, desk: Desk, token: str) -> None:
        super().__init__(shelf, facts, render)
        self._desk, self._token = desk, token

    def door(self, asked: Asked) -> Reply:
        """Where a name is asked for, and the token if there is one."""
        return self.show(asked, "masuk.html", token=bool(self._token), wrong="", name=asked.session.who)

    def enter(self, asked: Asked) -> Reply:
        """A name was given."""
        name, token = name_of(asked.form.get("nama", "")), asked.form.get("kunci", "")
        right = asked.session.inside or not self._token or same(token, self._token)
        if not name or not right:
            wrong = "Kuncinya keliru." if not right else "Tulis nama dengan huruf, paling banyak 60 tanda."
            told = self._render(
                "masuk.html", session=asked.session, csrf=asked.csrf, token=bool(self._token), wrong=wrong, name=name
            )
            return Reply(told, 403 if not right else 400)
        fresh = new_session()  # a new one, so that no cookie from before the token is worth anything after it
        return Reply(status=303, location="/tinjau", session=Session(fresh.sid, name, inside=right))

    def leave(self, asked: Asked) -> Reply:
        """Another person sits down."""
        return Reply(status=303, location="/masuk", session=Session(new_session().sid, "", asked.session.inside))

    def queue(self, asked: Asked) -> Reply:
        """The next article that waits for a look."""
        held = self._shelf.held()
        key = self._desk.next(held, asked.session.sid, asked.query.get("setelah", ""))
        if key:
            return see(f"/tinjau/{key}")
        seat = self._desk.seat(asked.session.sid)
        note, seat.note = seat.note, ""
        return self.show(
            asked, "selesai.html", skipped=len(seat.skipped), left=len(held.queue), note=note, undo=bool(seat.acts),
            people=tally(held, datetime.now(UTC)),
        )  # fmt: skip

    def article_to_judge(self, asked: Asked) -> Reply:
        """One article with its questions."""
        held, key = self._shelf.held(), asked.path["key"]
        row = held.row(key)
        if row is None:
            return self.missing(asked, "Tidak ada artikel dengan nomor itu di folder data ini.")
        seat, sid, who = self._desk.seat(asked.session.sid), asked.session.sid, asked.session.who
        other = self._desk.claim(key, sid, who)
        note, seat.note = seat.note, ""
        keys = list(held.queue["key"])
        queued = held.queue.iloc[keys.index(key)] if key in keys else None
        people = tally(held, datetime.now(UTC))
        values = opened(self._shelf, held, row)
        reasons = list(row["review_reasons"]) if queued is None else list(queued["review_reasons"])
        return self.show(
            asked,
            "tinjau.html",
            **values,
            facts=self._facts,
            shown={name: text_of(row[name]) for name in FORM},
            rows=sum(one.key == key for one in held.log.rows),
            reasons=reasons,
            questions={name for reason in reasons for name in ANSWERED_BY.get(reason, ())},
            position=keys.index(key) + 1 if key in keys else 0,
            left=len(keys),
            skipped=len(seat.skipped & set(keys)),
            mine=next((today for name, today, _ in people if name == who), 0),
            other=other,
            note=note,
            undo=seat.acts[-1] if seat.acts else None,
            reach=_reach(row, values["copies"]),
            relevances=RELEVANCE,
            incidents=INCIDENTS,
            lists=lists_for(self._facts, row["taxonomy"]),
            most_related=MAX_RELATED,
        )

    def save(self, asked: Asked) -> Reply:
        """A reviewer has answered; the next article comes."""
        held, key, seat = self._shelf.held(), asked.path["key"], self._desk.seat(asked.session.sid)
        if held.row(key) is None:
            return self.missing(asked, "Tidak ada artikel dengan nomor itu di folder data ini.")
        labels, wrong = self._labels(asked)
        if wrong:
            seat.note = wrong
            return see(f"/tinjau/{key}")
        labels_shown = {name: asked.form.get(f"tampak_{name}", "") for name in FORM if f"tampak_{name}" in asked.form}
        rows = asked.form.get("baris", "")
        shown = Shown(labels_shown, int(rows) if re.fullmatch(r"[0-9]{1,9}", rows) else None)
        why = " ".join(asked.form.get("alasan", "").split())[:NOTE]
        try:
            saved = self._desk.save(held, asked.session.sid, asked.session.who, key, labels, shown, why)
        except ChangedError:
            seat.note = "Orang lain baru saja mengisi artikel ini. Tidak ada yang ditulis; periksa jawabannya sekali lagi."
            return see(f"/tinjau/{key}")
        except ConfigError:
            seat.note = "Tidak ditulis: salah satu jawaban tidak dapat dipakai untuk artikel ini."
            return see(f"/tinjau/{key}")
        seat.note = told(saved) if saved else "Tidak ada yang perlu ditulis: jawaban itu sudah tercatat."
        seat.skipped.add(key)  # what stays open after an answer does not come again before the same eyes
        after = self._desk.next(self._shelf.held(), asked.session.sid, key)
        return see(f"/tinjau/{after}" if after else "/tinjau")

    def skip(self, asked: Asked) -> Reply:
        """Not now: the article is left to others."""
        self._desk.seat(asked.session.sid).skipped.add(asked.path["key"])
        return see(f"/tinjau?setelah={quote(asked.path['key'])}")

    def again(self, asked: Asked) -> Reply:
        """What was skipped comes back."""
        self._desk.seat(asked.session.sid).skipped.clear()
        return see("/tinjau")

    def undo(self, asked: Asked) -> Reply:
        """The last act is taken back and its article shown again."""
        seat = self._desk.seat(asked.session.sid)
        if not seat.acts:
            seat.note = "Tidak ada yang dapat diurungkan; yang lebih lama ada di Riwayat."
            return see("/tinjau")
        key = seat.acts[-1].key
        try:
            self._desk.take_back(self._shelf.held(), asked.session.sid, asked.session.who)
            seat.note = "Diurungkan: label sebelumnya berlaku lagi. Kedua baris tetap tersimpan di catatan."
        except (ChangedError, ConfigError):
            seat.note = "Tidak diurungkan: orang lain sudah mengubah artikel ini sesudahnya. Lihat Riwayat."
        seat.skipped.discard(key)
        return see(f"/tinjau/{key}")

    def history(self, asked: Asked) -> Reply:
        """The log's newest rows and who has written how many."""
        held = self._shelf.held()
        whose = asked.query.get("oleh", "")
        rows = [row for row in held.log.rows[::-1] if whose in ("", row.who)]
        last: dict[tuple[str, str], int] = {(row.key, row.field): index for index, row in enumerate(held.log.rows)}
        listed = [
            {"row": row, "article": held.row(row.key), "standing": held.log.rows[last[row.key, row.field]] is row}
            for row in rows[:HISTORY]
        ]
        return self.show(
            asked, "riwayat.html", rows=listed, count=len(rows), whose=whose, people=tally(held, datetime.now(UTC)), most=HISTORY
        )

    def withdraw(self, asked: Asked) -> Reply:
        """One row of the history is withdrawn by a new one."""
        held, key, name = self._shelf.held(), asked.form.get("key", ""), asked.form.get("bidang", "")
        if held.row(key) is None or name not in FIELDS:
            return self.missing(asked, "Baris itu tidak ada lagi.")
        try:
            self._desk.restore(held, asked.session.who, key, name)
        except (ChangedError, ConfigError):
            return self.missing(asked, "Baris itu baru saja diubah orang lain; muat ulang Riwayat.")
        return see("/riwayat")

    def _labels(self, asked: Asked) -> tuple[dict[str, str], str]:
        """The form's answers as the log writes labels, and what is wrong with them."""
        found = {name: asked.form[name].strip() for name in FORM if name in asked.form and name not in LISTS}
        for name in LISTS & set(FORM):
            if f"ada_{name}" in asked.form:  # no ticked box sends nothing: this says that the boxes were there
                found[name] = "|".join(value for value in asked.many.get(name, ()) if value) or NONE
        unit = found.get("unit_primary", "")
        if unit == "":
            found["unit_primary"] = NONE
        elif unit not in (NONE, *self._facts.units) and unit != asked.form.get("tampak_unit_primary"):
            near = [name for name in self._facts.units if unit.casefold() in name.casefold()][:4]
            meant = f" Mungkin maksudnya: {'; '.join(near)}." if near else ""
            return {}, f"“{unit[:80]}” tidak ada di katalog UPT. Pilih dari daftar, atau kosongkan.{meant}"
        if found.get("relevance") not in RELEVANCE:
            return {}, "Tidak ditulis: pilih relevansinya."
        if len(value_of("programmes_related", found.get("programmes_related", ""))) > MAX_RELATED:
            return {}, f"Program terkait paling banyak {MAX_RELATED}; lebih dari itu, program utamanya “Umum”."
        if found.get("relevance") == "immigration" and found.get("programme_primary") in (UMUM, OUTSIDE):
            return {}, "Artikel imigrasi memerlukan program keimigrasian, atau ubah relevansinya."
        return found, ""


def _reach(row: Mapping[Any, Any], copies: list[dict[Any, Any]]) -> list[dict[str, Any]]:
    """The copies, each with the fields of the form whose answer does not follow to it."""
    return [
        {**copy, "left_out": [FIELD[name] for name in FORM if not travels(name, value_of(name, text_of(row[name])), row, copy)]}
        for copy in copies
    ]


def lists_for(facts: Facts, version: str | None) -> list[tuple[str, list[tuple[str, str]]]]:
    """(title, [(slug, code)]) of each list of programmes, the article's own first."""
    ordered = sorted(facts.taxonomies.values(), key=lambda one: one.version != version)
    seen: set[str] = set()
    found = []
    for one in ordered:
        fresh = [(item.slug, item.code) for item in one.programmes if item.slug not in seen]
        seen |= {slug for slug, _ in fresh}
        if fresh:
            found.append((one.title, fresh))
    return found


def told(saved: Saved) -> str:
    """One line of what was written."""
    changes = [
        f"{FIELD[name].lower()} {label(saved.before[name], name)} → {label(saved.after[name], name)}"
        if saved.before[name] != saved.after[name]
        else f"{FIELD[name].lower()} {label(saved.after[name], name)} (dibenarkan)"
        for name in saved.after
    ]
    copies = f" Berlaku juga untuk {saved.copies} salinan." if saved.copies else ""
    return f"Tersimpan: {'; '.join(changes)}.{copies}"
