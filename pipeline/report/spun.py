"""Text that a machine has reworded to pass as new: one cheap sign, stated, and no proof.

Spinners exchange words by a list, one by one, so that Indonesian keeps its order and loses its idiom: "nan" stands for "yang"
and "abdi negara keamanan" for "aparat keamanan". A text is marked when such words stand in it more than once and in earnest.
Other machine-made text, a translation's or a language model's, is not seen by this.
"""

from __future__ import annotations

import re

LEAST = 2  # signs: one may be a poet's
SHARE = 0.25  # of "nan" among "nan" and "yang": Minangkabau names bear a "Nan", whole articles do not

_NAN = re.compile(r"nan(?<![\w-]nan)(?![\w-])")  # small letters only: "Nan Sabaris" is a place; a letter first is found fastest
_YANG = re.compile(r"(?<![\w-])yang(?![\w-])", re.IGNORECASE)
_EXCHANGED = re.compile(r"\babdi negara keamanan\b", re.IGNORECASE)  # no editor writes so


def looks_spun(text: str) -> bool:
    """Whether the text bears the sign of a spinner."""
    nan = len(_NAN.findall(text))
    exchanged = len(_EXCHANGED.findall(text)) if "negara keamanan" in text.casefold() else 0
    if nan + exchanged < LEAST:
        return False
    return exchanged >= LEAST or nan / (nan + len(_YANG.findall(text))) >= SHARE
