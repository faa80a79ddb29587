"""Which language a text is in. The only room that imports py3langid; pure."""

from __future__ import annotations

import re

# Words that hold Indonesian prose together; near kin (Malay, Javanese, Sundanese) share few of them.
_FUNCTION_WORDS = frozenset(
    "yang dan di ke dari untuk pada dengan dalam ini itu tidak akan telah oleh juga adalah karena para serta bahwa sebagai "
    "atau saat hingga setelah agar bisa sudah kami mereka ia kepada secara tersebut belum lebih".split()
)
# Share of function words from which a text is Indonesian whatever the identifier says. Measured: of 1,080 Indonesian news texts
# 99 % lie above 0.075 (the lowest 0.027), of 179 pages in other languages the highest was 0.039 (Italian).
CERTAIN = 0.08
# Enough where the identifier votes for Indonesian or for its near kin, with which it mixes up short news.
LIKELY = 0.02
_KIN = ("id", "ms", "jv", "su")


def function_word_share(text: str) -> float:
    """Share of Indonesian function words among the words of a text, 0.0 for an empty one."""
    words = re.findall(r"[a-z]+", text.lower())
    return sum(word in _FUNCTION_WORDS for word in words) / len(words) if words else 0.0


def language_of(text: str) -> str:
    """ISO 639-1 code of the text's language, "und" where the identifier's vote for Indonesian finds no function words at all."""
    import py3langid

    share = function_word_share(text)
    label = str(py3langid.classify(text[:5000])[0])
    if share >= CERTAIN or (label in _KIN and share >= LIKELY):
        return "id"
    return "und" if label == "id" else label
