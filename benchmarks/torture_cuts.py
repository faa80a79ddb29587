"""Power cuts in every job that writes: each state that a cut can leave is laid out, looked at, and run to its end."""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.crash import NOW
from benchmarks.torture_place import Held, held, undisturbed, within
from benchmarks.torture_power import lay_out, recorded, states

LEDGER = "data/ledger.sqlite"


class Cutting:
    """One job recorded once, in a home that it changes; then as many cuts as one likes."""

    def __init__(self, home: Path, commands: Sequence[Sequence[str]], now: datetime = NOW) -> None:
        self.home, self.commands, self.now = home, [list(one) for one in commands], now
        with recorded(home) as self.recording:
            for arguments in self.commands:
                undisturbed(arguments, now)
        self.whole: Held = held(home, now)
        self.states = list(states(self.recording))
        self.seen: Counter[str] = Counter()

    def discipline(self) -> str:
        """What no cut may leave, whatever comes after: a part that is not whole, a mark in the ledger without its part."""
        faults = Counter[str]()
        if self.recording.unsynced:
            faults["the ledger commits without synchronous = FULL"] += self.recording.unsynced
        whole: dict[int, bool] = {}
        marked: dict[int, frozenset[str]] = {}
        for _, how, files, ledger in self.states:
            for name, content in files.items():
                if name.endswith(".parquet") and not name.split("/")[-1].startswith("."):
                    mark = hash(content)
                    if mark not in whole:
                        whole[mark] = _readable(content)
                    if not whole[mark]:
                        faults[f"{name} is not whole: {how}"] += 1
            if ledger is not None:
                mark = hash(ledger)
                if mark not in marked:
                    marked[mark] = _marked(ledger)
                if missing := [name for name in marked[mark] if f"data/pages/{name}" not in files]:
                    faults[f"the ledger marks {missing[0]}, which is not there: {how}"] += 1
        return "; ".join(f"{name} ({count} states)" for name, count in faults.most_common(5))

    def cut(self, rnd: random.Random) -> str:
        """One state, drawn, and the same commands again; "" when they come to what they come to undisturbed."""
        number, how, files, ledger = rnd.choice(self.states)
        lay_out(self.home, files, self.recording.standing, ledger, LEDGER)
        self.seen[how.partition(",")[0].partition(" of ")[0]] += 1
        where = f"cut behind event {number} ({how}): "
        for arguments in self.commands:
            said = within(arguments, self.now)
            if said.wrong or said.code:
                return f"{where}`{' '.join(arguments)}` ended with {said.code}: {said.wrong or said.message[-400:]}"
        found = held(self.home, self.now)
        wrong = ", ".join(
            filter(None, [self.whole.differs(found), "" if self.commands[0][0] in ("expire", "forget") else found.whole])
        )
        return where + wrong if wrong else ""


def _readable(content: bytes) -> bool:
    try:
        pq.read_table(pa.BufferReader(content))
    except (pa.ArrowInvalid, OSError):
        return False
    return True


def _marked(ledger: bytes) -> frozenset[str]:
    with closing(sqlite3.connect(":memory:")) as db:
        # In memory there is no write-ahead file; the two bytes say so.
        db.deserialize(ledger[:18] + b"\x01\x01" + ledger[20:])
        return frozenset(str(row[0]) for row in db.execute("SELECT name FROM parts"))
