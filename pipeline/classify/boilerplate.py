"""Sentences that only credit a list of programmes: what they name is mentioned, it is no act."""

from __future__ import annotations

from collections.abc import Collection, Mapping

CREDIT = "credit"
# A sentence that names so many programmes at once is an enumeration, whatever introduces it. An act seldom serves more than two.
ENUMERATED = 3


def is_list(zone: str, groups: Mapping[str, Collection[object]]) -> bool:
    """True if a sentence with cues of these ``groups`` credits or enumerates programmes.

    The title is never set aside: it says what the story is about. In the lead a credit clause often hangs on the act itself
    ("Dalam rangka mendukung ..., Lapas X memanen ..."), so only an enumeration is set aside there.
    """
    if zone == "title":
        return False
    if len(named(groups)) >= ENUMERATED:
        return True
    return CREDIT in groups and zone == "body"


def named(groups: Collection[str] | Mapping[str, Collection[object]]) -> set[str]:
    """The slugs whose names are among ``groups`` ("name:<slug>")."""
    return {group.removeprefix("name:") for group in groups if group.startswith("name:")}
