"""Whether what looks like a number or a key is one: check digits, lengths, randomness."""

import math
import re
from collections import Counter

_IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20,
    "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IS": 26, "IT": 27,
    "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24,
    "SA": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TR": 26,
}  # fmt: skip
"""By country (the IBAN registry of SWIFT, release 99)."""
_NUMBERS = {
    "1": (10, 10), "7": (10, 10), "20": (8, 10), "27": (9, 9), "30": (10, 10), "31": (9, 9), "32": (8, 9),
    "33": (9, 9), "34": (9, 9), "36": (8, 9), "39": (8, 11), "40": (9, 9), "41": (9, 9), "43": (7, 13), "44": (9, 10),
    "45": (8, 8), "46": (7, 10), "47": (8, 8), "48": (9, 9), "49": (7, 12), "51": (8, 9), "52": (10, 10),
    "54": (10, 11), "55": (10, 11), "56": (9, 9), "57": (10, 10), "60": (8, 10), "61": (9, 9), "62": (8, 12),
    "63": (8, 10), "64": (8, 10), "65": (8, 8), "66": (8, 9), "81": (9, 10), "82": (8, 10), "84": (9, 10),
    "86": (10, 11), "90": (10, 10), "91": (10, 10), "92": (9, 10), "94": (9, 9), "98": (10, 10), "212": (9, 9),
    "213": (8, 9), "216": (8, 8), "234": (8, 10), "254": (9, 9), "351": (9, 9), "352": (6, 9), "353": (7, 9),
    "354": (7, 7), "356": (8, 8), "358": (6, 11), "359": (8, 9), "370": (8, 8), "371": (8, 8), "372": (7, 8),
    "380": (9, 9), "385": (8, 9), "386": (8, 8), "420": (9, 9), "421": (9, 9), "852": (8, 8), "886": (8, 9),
    "966": (8, 9), "971": (8, 9), "972": (8, 9),
}  # fmt: skip
"""How many digits follow a country's code (ITU-T E.164 and the national plans it names)."""
_MADE_UP = re.compile(
    r"example|sample|dummy|placeholder|redacted|changeme|your|xxxx|\*\*\*|\.\.\.|0123456789|123456789|abcdefgh|abcdef12",
    re.IGNORECASE,
)
"""What stands where a key would, in documentation."""
_LEAST_BITS = 3.0
"""Of a character; random letters and digits have 3.5 and more from 16 characters on, hexadecimal ones above 3.2."""


def digits(text: str) -> str:
    """The digits of a text."""
    return "".join(filter(str.isdecimal, text))


def is_card(text: str) -> bool:
    """Whether it is the number of a payment card: of an issuer's range, with its check digit (ISO/IEC 7812-1)."""
    number = digits(text)
    return _is_issued(number) and len(set(number)) > 1 and _luhn(number)


def _is_issued(number: str) -> bool:
    two, three, four = int(number[:2]), int(number[:3]), int(number[:4])
    match len(number):
        case 15:
            return two in {34, 37}
        case 14:
            return 300 <= three <= 305 or two in {36, 38, 39}
        case 16:
            is_mastercard = 51 <= two <= 55 or 2221 <= four <= 2720
            return (
                number[0] == "4"
                or is_mastercard
                or four == 6011
                or two in {62, 65}
                or 644 <= three <= 649
                or 3528 <= four <= 3589
            )
        case _:
            return False


def _luhn(number: str) -> bool:
    total = 0
    for place, digit in enumerate(map(int, reversed(number))):
        total += digit if place % 2 == 0 else sum(divmod(digit * 2, 10))
    return total % 10 == 0


def is_iban(text: str) -> bool:
    """Whether it is an account's number: as long as its country's, with its check digits (ISO 13616-1)."""
    compact = "".join(text.split()).upper()
    if _IBAN_LENGTHS.get(compact[:2]) != len(compact):
        return False
    return int("".join(str(int(character, 36)) for character in compact[4:] + compact[:4])) % 97 == 1


def is_international(text: str) -> bool:
    """Whether it is a telephone number with a country's code."""
    number = digits(text)
    if len(set(number[2:])) < 3:
        return False
    for size in (3, 2, 1):
        if (known := _NUMBERS.get(number[:size])) is not None:
            left = number[size:]
            national = len(left) - (left[0] == "0" if left else 0)  # `+44 (0)20 …`
            return known[0] <= national <= known[1]
    return False


def is_said_number(text: str) -> bool:
    """Whether it is a telephone number, where a text says that one follows."""
    number = digits(text)
    return 7 <= len(number) <= 15 and len(set(number)) > 2


def is_social_security(text: str) -> bool:
    """Whether it is a number of the United States' Social Security (20 CFR 422.103)."""
    area, group, serial = text.split("-")
    return area not in {"000", "666"} and area < "900" and group != "00" and serial != "0000" and text != "078-05-1120"


def is_random(text: str) -> bool:
    """Whether it may be a key: not what documentation puts in a key's place."""
    body = text.rsplit("_", 1)[-1] if "_" in text[:16] else text
    if _MADE_UP.search(text) or not any(map(str.isdecimal, text)):
        return False
    return _bits(body if len(body) >= 12 else text) >= _LEAST_BITS


def is_random_code(text: str) -> bool:
    """As `is_random`, of a short one in capitals and digits."""
    return not _MADE_UP.search(text) and _bits(text[4:]) >= 2.6


def is_password(text: str) -> bool:
    """Whether it may be one: several kinds of characters, not a word or a variable."""
    if _MADE_UP.search(text) or text[0] in "<${[(%" or text.endswith(")"):
        return False
    kinds = (str.islower, str.isupper, str.isdecimal, lambda one: not one.isalnum())
    return sum(any(kind(one) for one in text) for kind in kinds) >= 3 or (len(text) >= 16 and is_random(text))


def is_token(text: str) -> bool:
    """Whether it is a JSON Web Token: its head names an algorithm."""
    return is_random(text) and text.startswith(("eyJhbGci", "eyJ0eXAi", "eyJraWQi", "eyJ4NXQi", "eyJjdHki"))


def _bits(text: str) -> float:
    """Shannon's entropy of the characters of a text, per character."""
    size = len(text)
    return -sum(count / size * math.log2(count / size) for count in Counter(text).values())


def is_free(before: str, after: str) -> bool:
    """Whether what lies between two characters stands by itself, and is no part of a longer word or number."""
    return not _joins(before) and not _joins(after)


def _joins(character: str) -> bool:
    return character.isalnum() or character == "_" or "\u0300" <= character <= "\u036f"
