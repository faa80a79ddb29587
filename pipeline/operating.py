"""What the commands of operation do: how the collection is doing, and how it is started by the clock."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from dataclasses import asdict, replace
from datetime import datetime

from pipeline import jobs
from pipeline.commands import need_data, place_of
from pipeline.errors import ConfigError, StorageError
from pipeline.fetch.ledger import Ledger
from pipeline.ledgers import ledger_of
from pipeline.operation.condition import Condition
from pipeline.terminal import json_text, printable


def status(arguments: Namespace) -> int:
    """``pantau status``: exit code 1 when data are stale, or rows lost or doubled."""
    from pipeline.operation.lines import lines_of, table_of, urgent
    from pipeline.watching import condition_of

    place = place_of(arguments)
    need_data(place)
    condition = condition_of(place if arguments.now else _by_own_clock(place))
    wanted = not arguments.quiet or condition.exit_code or condition.alarms
    if arguments.json:
        print(json_text(_as_json(condition), indent=1))
    elif wanted:
        print(*map(printable, table_of(condition) if arguments.sources else lines_of(condition)), sep="\n")
    if condition.exit_code:
        print(f"pantau: {'; '.join(urgent(condition))}", file=sys.stderr)
    return condition.exit_code


def _by_own_clock(place: jobs.Workplace) -> jobs.Workplace:
    """A demo's data are as old as its newsroom: they are looked at from its last run's instant, and never grow stale."""
    from pipeline.demo import MEMORY

    if not (place.data / MEMORY).exists():
        return place
    with Ledger.read(ledger_of(place.data), place.now) as ledger:
        last = ledger.last_run()
    return replace(place, now=last[1]) if last else place


def _as_json(condition: Condition) -> dict[str, object]:
    """Everything that is known, with the sums that the lines show; instants in ISO 8601."""
    told = asdict(condition)
    told["sources"] = {one.pop("id"): one for one in told["sources"]}
    sums = {
        "exit_code": condition.exit_code,
        "stale": condition.stale,
        "states": condition.states,
        "alarms": condition.alarms,
        "troubled": [one.id for one in condition.troubled],
        "coverage": [asdict(one) for one in condition.coverage],
    }
    plain: dict[str, object] = json.loads(json.dumps({**told, **sums}, default=datetime.isoformat))
    return plain


def cron(arguments: Namespace) -> int:
    """``pantau cron show``: the shipped crontab, or the shipped systemd units, with this installation's paths and user."""
    from pipeline.operation.installing import crontab_of, installation_of, units_of
    from pipeline.store.parts import write_bytes

    place = place_of(arguments)
    home = installation_of(place.config, place.data, place.settings.operation.prometheus_textfile)
    if not arguments.systemd:
        if arguments.into:
            raise ConfigError("--into goes with --systemd; a crontab is installed by the commands in its first lines")
        print(crontab_of(home), end="")
        return 0
    units = units_of(home)
    if arguments.into is None:
        print("\n".join(f"# --- {name}\n{text}" for name, text in units.items()), end="")
        return 0
    for name, text in units.items():
        try:
            write_bytes(arguments.into / name, text.encode())
        except OSError as error:
            raise StorageError(
                f"{arguments.into / name} cannot be written ({error.strerror}); give --into a folder that can"
            ) from None
        print(arguments.into / name)
    return 0
