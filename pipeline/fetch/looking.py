"""What `pantau status` asks of the ledger beside what runs ask of it; reading only."""

from __future__ import annotations

from datetime import datetime

from pipeline.fetch.database import instant_of, stamp
from pipeline.fetch.ledger import Ledger, days_of


class Looking(Ledger):
    """Open it by ``Looking.read``."""

    def shown(self, since: datetime) -> dict[str, int]:
        """How many entries each source showed for the first time after ``since``."""
        rows = self._rows("SELECT source_id, count(*) FROM sightings WHERE first_seen > ? GROUP BY source_id", stamp(since))
        return {str(source): int(count) for source, count in rows}

    def oldest_waiting(self) -> datetime | None:
        """When the entry that waits longest was first seen; None when none waits."""
        found = self._rows("SELECT min(first_seen) FROM entries WHERE state = 'waiting'")
        return instant_of(found[0][0])

    def part_times(self) -> dict[str, datetime]:
        """When each pages part was written, by its name."""
        return {str(name): datetime.fromisoformat(at) for name, at in self._rows("SELECT name, at FROM parts")}

    def outcomes_between(self, start: datetime, end: datetime) -> list[tuple[str, str, int]]:
        """(state, pages part, entries) of the entries whose publication (or, without one, first sight) lies in [start, end)."""
        rows = self._rows(
            "SELECT state, part, sum(told) FROM (SELECT state, part, count(*) AS told FROM entries"
            " WHERE coalesce(published, first_seen) >= ? AND coalesce(published, first_seen) < ? GROUP BY state, part"
            " UNION ALL SELECT kind, '', entries FROM tallies WHERE kind = 'skipped' AND day >= ? AND day < ?)"
            " AS every GROUP BY state, part ORDER BY state, part",
            stamp(start),
            stamp(end),
            *days_of(start, end),
        )
        return [(str(state), str(part), int(count)) for state, part, count in rows]
