"""Which language a text is in, by its script and its commonest words. Pure, offline, and for whole sentences only."""

import re

NAMES = {
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "it": "Italian",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "sv": "Swedish",
    "ar": "Arabic",
    "el": "Greek",
    "he": "Hebrew",
    "hi": "Hindi",
    "ja": "Japanese",
    "ko": "Korean",
    "ru": "Russian",
    "zh": "Chinese",
}
FEWEST_WORDS = 3
"""Of fewer known words, nothing is said."""

_COMMON = {
    "de": "der die das und ist nicht ein eine ich sie es mit für auf den dem von zu sich auch wird werden sind wie",
    "en": "the and is not of to in that it you for with this are be on as was have can or will your they from",
    "es": "el la los las y es no un una que de en por con para se su lo como más pero está son del al",
    "fr": "le la les et est pas un une que de des en pour avec dans vous ce il elle qui sur sont du au je nous",
    "it": "il la gli e è non un una che di in per con si sono della del come più ma anche questo nel alla i",
    "nl": "de het een en is niet van in dat je op te zijn voor met die ook aan er maar om als bij worden u",
    "pl": "i w nie na się z do że jest to o jak po ale za od dla czy są przez być tylko może który",
    "pt": "o a os as e é não um uma que de em para com por se mais do da como são você no na ao",
    "sv": "och är inte en ett att det som på för med av den till kan har om jag du de från men så vi",
}
_SCRIPTS = {
    "ja": re.compile(r"[\u3040-\u30ff]"),
    "zh": re.compile(r"[\u4e00-\u9fff]"),
    "ko": re.compile(r"[\uac00-\ud7af]"),
    "ru": re.compile(r"[\u0400-\u04ff]"),
    "el": re.compile(r"[\u0370-\u03ff]"),
    "ar": re.compile(r"[\u0600-\u06ff]"),
    "he": re.compile(r"[\u0590-\u05ff]"),
    "hi": re.compile(r"[\u0900-\u097f]"),
}
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W\d_]+")
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_BY_WORD = {
    word: [code for code, listed in _COMMON.items() if word in listed.split()]
    for listed in _COMMON.values()
    for word in listed.split()
}


def language(text: str) -> str | None:
    """The code of the language most of it is in; None where that cannot be told."""
    prose = _CODE.sub(" ", text)
    letters = len(_LETTER.findall(prose))
    if not letters:
        return None
    for code, script in _SCRIPTS.items():
        share = len(script.findall(prose)) / letters
        if share > (0.1 if code == "ja" else 0.4):  # Japanese is mostly written with Chinese characters
            return code
    score: dict[str, float] = dict.fromkeys(_COMMON, 0.0)
    known = 0
    for word in _WORD.findall(prose.lower()):
        for code in _BY_WORD.get(word, ()):
            score[code] += 1 / len(_BY_WORD[word])
        known += word in _BY_WORD
    first, second, *_ = sorted(score, key=score.__getitem__, reverse=True)
    return first if known >= FEWEST_WORDS and score[first] >= 1.2 * score[second] else None
