"""Sentences that only credit a list of programmes: what they name is mentioned, it is no act."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

CREDIT = "credit"
# A sentence that names so many programmes at once is an enumeration, whatever introduces it. An act seldom serves more than two.
ENUMERATED = 3
# A list belongs to the sentence that names the 13 or 15 programmes if no more than so many stand between ("Apa saja isinya?").
LIST_AFTER = 4
_BULLET = re.compile(r"\s*(?:[-–*•·▪‣►]|\(?\d{1,2}[.)]|[a-o][.)])\s")


def is_item(text: str, start: int) -> bool:
    """True if the line that holds ``start`` begins with a bullet or a number."""
    return _BULLET.match(text, text.rfind("\n", 0, start) + 1) is not None


def listed_programmes(items: Sequence[bool], found: Sequence[Mapping[str, Collection[object]]]) -> set[int]:
    """The sentences of a bullet list that follows the naming of a list of programmes: they say what it holds, not what was done.

    ``items``: which sentences stand in a bulleted line; ``found``: the cues of each. A list is two items or more.
    """
    listed: set[int] = set()
    index = 0
    while index < len(items):
        end = index
        while end < len(items) and items[end]:
            end += 1
        before = found[max(0, index - LIST_AFTER) : index]
        if end - index > 1 and any(group.startswith("list:") for groups in before for group in groups):
            listed.update(range(index, end))
        index = max(end, index + 1)
    return listed


def may_list(groups: Collection[str]) -> bool:
    """False where no sentence of an article with cues of these ``groups`` can credit or enumerate programmes."""
    return CREDIT in groups or len(named(groups)) >= ENUMERATED


def is_list(zone: str, groups: Mapping[str, Collection[object]]) -> bool:
    """True if a sentence with cues of these ``groups`` credits or enumerates programmes.

    The title is never set aside: it says what the story is about. In the lead a credit clause often hangs on the act itself
    ("Dalam rangka mendukung ..., Lapas X memanen ..."), so only an enumeration is set aside there.
    """
    if zone == "title" or not groups:
        return False
    if len(groups) >= ENUMERATED and len(named(groups)) >= ENUMERATED:
        return True
    return CREDIT in groups and zone == "body"


def named(groups: Collection[str] | Mapping[str, Collection[object]]) -> set[str]:
    """The slugs whose names are among ``groups`` ("name:<slug>")."""
    return {group.removeprefix("name:") for group in groups if group.startswith("name:")}
