"""Where templates become pages: Jinja2, with every value escaped and no name forgiven that is not there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def renderer(folder: Path, **filters: Callable[..., object]) -> Callable[..., str]:
    """``render(template, **values)`` for the templates of ``folder``. What a template calls ``safe`` must be escaped already.

    A value that is missing raises ``jinja2.UndefinedError``: half a page is worse than none.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    room = Environment(
        loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    room.filters |= filters

    def render(template: str, **values: object) -> str:
        return room.get_template(template).render(**values)

    return render
