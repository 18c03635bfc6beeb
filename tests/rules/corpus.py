"""Secrets and personal data that nobody has, in sentences, and what looks like them and is none.

Keys are made here, from the form that a provider documents and a generator with a fixed seed: no file of this project
holds a string that could be one.
"""

import random
import string
from collections.abc import Iterator
from dataclasses import dataclass

_B62 = string.ascii_letters + string.digits
_B64 = _B62 + "-_"
_HEX = "0123456789abcdef"
_SAYINGS = (
    "My key is {}, use it.",
    "export TOKEN={}",
    'client = Client("{}")',
    "curl -H 'Authorization: Bearer {}' https://api.test",
    "I pasted {} by mistake.",
)


@dataclass(frozen=True)
class Item:
    kind: str
    """The detector's name."""
    text: str
    secret: str
    """What is to be found; empty: nothing."""


_random = random.Random(20_261_129)


def _made(alphabet: str, size: int) -> str:
    while True:
        made = "".join(_random.choices(alphabet, k=size))
        if any(map(str.isdecimal, made)):
            return made


def _keys() -> Iterator[tuple[str, str]]:
    for _ in range(5):
        yield "openai", "sk-" + "proj-" + _made(_B64, 120)
        yield "openai", "sk-" + _made(_B62, 48)
        yield "anthropic", "sk-" + "ant-api03-" + _made(_B64, 93) + "AA"
        yield "google", "AI" + "za" + _made(_B64, 35)
        yield "openrouter", "sk-" + "or-v1-" + _made(_HEX, 64)
        yield "aws", "AK" + "IA" + _made(string.ascii_uppercase + "234567", 16)
        yield "github", "gh" + "p_" + _made(_B62, 36)
        yield "github", "github" + "_pat_" + _made(_B62, 22) + "_" + _made(_B62, 59)
        yield "gitlab", "gl" + "pat-" + _made(_B64, 20)
        yield "slack", "xo" + f"xb-{_made(string.digits, 12)}-{_made(string.digits, 13)}-{_made(_B62, 24)}"
        yield "stripe", "sk_" + "live_" + _made(_B62, 24)
        yield "huggingface", "hf" + "_" + _made(_B62, 34)
        yield "groq", "gs" + "k_" + _made(_B62, 52)
        yield "xai", "xa" + "i-" + _made(_B62, 80)
        yield "perplexity", "pp" + "lx-" + _made(_B62, 48)
        yield "replicate", "r8" + "_" + _made(_B62, 37)
        yield "sendgrid", "S" + "G." + _made(_B64, 22) + "." + _made(_B64, 43)
        yield "npm", "np" + "m_" + _made(_B62, 36)
        yield "pypi", "py" + "pi-AgEIcHlwaS5vcmc" + _made(_B64, 120)
        yield "digitalocean", "do" + "p_v1_" + _made(_HEX, 64)
        yield "databricks", "da" + "pi" + _made(_HEX, 32)
        yield "telegram", _made("123456789", 9) + ":A" + "A" + _made(_B64, 33)
        yield "token", "ey" + "JhbGciOiJIUzI1NiJ9." + "ey" + "JzdWIi" + _made(_B64, 40) + "." + _made(_B64, 43)


def _pem() -> str:
    lines = "\n".join(_made(_B62 + "+/", 64) for _ in range(12))
    return f"-----BEGIN RSA {'PRIVATE'} KEY-----\n{lines}\n-----END RSA {'PRIVATE'} KEY-----"


def _card(prefix: str, size: int) -> str:
    body = prefix + "".join(_random.choices(string.digits, k=size - len(prefix) - 1))
    total = sum(sum(divmod(int(d) * 2, 10)) if at % 2 == 0 else int(d) for at, d in enumerate(reversed(body)))
    return body + str(-total % 10)


def _grouped(number: str, by: str) -> str:
    sizes = (4, 6, 5) if len(number) == 15 else (4,) * 4
    cut, parts = 0, []
    for size in sizes:
        parts.append(number[cut : cut + size])
        cut += size
    return by.join(parts)


def _iban(country: str, bban: str) -> str:
    number = "".join(str(int(character, 36)) for character in f"{bban}{country}00")
    return f"{country}{98 - int(number) % 97:02d}{bban}"


def _digits(size: int) -> str:
    return "".join(_random.choices(string.digits, k=size))


def _secrets() -> Iterator[Item]:
    for number, (kind, key) in enumerate(_keys()):
        yield Item(kind, _SAYINGS[number % len(_SAYINGS)].format(key), key)
    for _ in range(3):
        pem = _pem()
        yield Item("private-key", f"Here it is:\n{pem}\nThanks!", pem)
    for saying, secret in (
        ("password: {}", "Tr0ub4dor&3x"),
        ("the password is {}", "c0rrect-Horse!9"),
        ("DB_PASSWORD={}", "pG_s3cret#2024"),
        ("Passwort: {}", "Sommer2026!!"),
        ("postgres://admin:{}@db.internal:5432/app", "S3cure-Pg!"),
        ("api_key = '{}'", "q8Zr2Lk9Xw4Tn6Bv1Ms7"),
    ):
        yield Item("password", saying.format(secret), secret)


def _cards() -> Iterator[Item]:
    for prefix, size in (("4", 16), ("51", 16), ("2221", 16), ("6011", 16), ("37", 15), ("34", 15), ("3530", 16)):
        for by in ("", " ", "-"):
            card = _card(prefix, size)
            shown = _grouped(card, by)
            yield Item("card", f"Please charge {shown}, valid until 12/29.", shown)


def _ibans() -> Iterator[Item]:
    for country, size in (
        ("DE", 18),
        ("FR", 23),
        ("ES", 20),
        ("AT", 16),
        ("BE", 12),
        ("CH", 17),
        ("PL", 24),
        ("PT", 21),
    ):
        iban = _iban(country, _digits(size))
        yield Item("iban", f"Transfer it to {iban}.", iban)
        spaced = " ".join(iban[at : at + 4] for at in range(0, len(iban), 4))
        yield Item("iban", f"IBAN {spaced}, thank you", spaced)
    for country, bank, size in (("GB", "NWBK", 14), ("NL", "ABNA", 10), ("IE", "AIBK", 14)):
        iban = _iban(country, bank + _digits(size))
        yield Item("iban", f"My account: {iban}", iban)


_EMAILS = (
    "jane.doe@example.org", "j_doe+news@mail.example.co.uk", "info@mueller.example",
    "a@b.example", "first.last@sub.domain.example", "x-y-z@site.museum", "o'neil@example.ie", "99bottles@example.net",
    "JANE@EXAMPLE.COM", "team-lead@dept.uni.example", "q.w.e.r@example.dev", "hello%there@example.io",
    "sales@shop.example", "contact@example.travel", "mia.k@example.at", "li.wei@example.cn", "ana@example.com.br",
    "root@host.example", "newsletter@a.b.c.example", "p.k.s@example.in",
)  # fmt: skip
_PHONES = (
    "+1 415 555 2671",
    "+1-212-555-0187",
    "+44 20 7946 0958",
    "+44 7700 900123",
    "+49 30 901820",
    "+49 151 23456789",
    "+33 1 23 45 67 89",
    "+33612345678",
    "+34 912 345 678",
    "+39 06 1234 5678",
    "+31 20 123 4567",
    "+41 44 668 18 00",
    "+43 1 58858",
    "+32 2 123 45 67",
    "+46 8 123 456 78",
    "+47 22 12 34 56",
    "+45 32 12 34 56",
    "+358 9 1234 567",
    "+48 22 123 45 67",
    "+351 21 123 4567",
    "+353 1 234 5678",
    "+61 2 9374 4000",
    "+64 9 123 4567",
    "+81 3 1234 5678",
    "+86 10 1234 5678",
    "+91 98765 43210",
    "+55 11 91234 5678",
    "+52 55 1234 5678",
    "+27 11 123 4567",
    "+234 803 123 4567",
    "+254 712 345678",
    "+971 4 123 4567",
    "+972 3 123 4567",
    "+90 212 123 45 67",
    "(415) 555-2671",
    "212-555-0187",
    "415.555.2671",
    "01 23 45 67 89",
    "06.12.34.56.78",
    "020 7946 0958",
    "07700 900123",
    "0151 23456789",
    "030 12345678",
    "0049 30 901820 44",
)
_NAMES = (
    ("My name is {}.", "Jane Doe"),
    ("Hello, my name is {} and I need help", "Okonkwo"),
    ("Dr. {} will see you", "Weber"),
    ("Please ask Mrs. {} about it", "García"),
    ("Sehr geehrte Frau {},", "Schröder"),
    ("Ich heiße {}", "Ulrike Meyer"),
    ("Customer name: {}", "Ana de la Cruz"),
    ("Patient: {}, 54 years", "Thomas Brandt"),
    ("Regards,\n{}", "Priya Nair"),
    ("signed by {}", "John van der Berg"),
    ("Mr {} called", "O'Brien"),
    ("Prof. {} agreed", "Émile Durand"),
    ("je m'appelle {}", "Chloé Martin"),
    ("me llamo {}", "Lucía Pérez"),
    ("contact person: {}", "Kofi Mensah"),
    ("Herr {} hat angerufen", "Yilmaz"),
    ("Full name: {}", "Maria Lopez Garcia"),
    ("Ms. {} left", "Smith"),
    ("Sincerely yours, Dr. {}", "Anna Kowalska"),
    ("Madame {} est là", "Lefèvre"),
)
_SOCIAL = ("123-45-6789", "536-90-4399", "219-09-9998", "001-01-0001", "772-11-5050")


def _personal() -> Iterator[Item]:
    for number, email in enumerate(_EMAILS):
        yield Item("email", ("Write to {}.", "mail: {} (work)", "{} is mine", "<{}>")[number % 4].format(email), email)
    for number, phone in enumerate(_PHONES):
        yield Item(
            "phone", ("Call {}.", "my number {} works", "{}", "Reach me on {}, please")[number % 4].format(phone), phone
        )
    for saying, phone in (("tel. {}", "912 345 678"), ("Phone: {}", "555 0187 22"), ("fax: {}", "22 123 45 67")):
        yield Item("phone", saying.format(phone), phone)
    for saying, name in _NAMES:
        yield Item("name", saying.format(name), name)
    for number in _SOCIAL:
        yield Item("social-security", f"SSN {number}.", number)
    yield from _cards()
    yield from _ibans()


def _shift(number: str) -> str:
    """With its last digit another."""
    return number[:-1] + str((int(number[-1]) + 1) % 10)


def _look_alikes() -> Iterator[Item]:
    for kind, text in (
        ("openai", "Set OPENAI_API_KEY to sk-your-api-key-goes-here-please"),
        ("openai", "sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
        ("openai", "the sk-learn-pipeline-for-text-classification package"),
        ("openai", "task-based-learning-environment-of-2024-and-after"),
        ("openai", "disk-usage-analyzer-2-for-large-volumes"),
        ("anthropic", "sk-ant-api03-XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"),
        ("google", "AIza is how Google's keys begin"),
        ("aws", "AK" + "IA" + "IOSFODNN7EXAMPLE"),
        ("github", "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
        ("github", "a graph_node_1 and ghp_short"),
        ("gitlab", "glpat-your_token_goes_in_here"),
        ("slack", "xoxb-your-token-goes-here-and-nowhere"),
        ("stripe", "pk_test and sk_test_ are prefixes"),
        ("huggingface", "hf_hub_download_and_cache_the_file_now"),
        ("npm", "npm_config_registry_of_your_organisation"),
        ("token", "eyJust a word. eyJ and more"),
        ("private-key", "-----BEGIN PUBLIC KEY-----\nMIIBIjANBg\n-----END PUBLIC KEY-----"),
        ("private-key", "A file with BEGIN PRIVATE KEY in it"),
        ("password", "password: <your password>"),
        ("password", "password: required"),
        ("password", "I forgot the password yesterday"),
        ("password", "password = os.environ['DB_PASSWORD']"),
        ("password", "password=${DB_PASSWORD}"),
        ("password", "The secret is patience."),
        ("password", "secret=getSecret()"),
        ("twilio", "SK and AC are prefixes; SKY is not"),
        ("databricks", "dapi is the DAPI of 2024"),
        ("telegram", "12345678:AAA is a ratio"),
        ("openai", "commit 3f786850e387550fdab836ed7e6dc881de23001b"),
        ("openai", "id 0198c6f1-7c1e-7a51-9b0e-3f1f0b6a9d11"),
        ("openai", "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("email", "user@localhost"),
        ("email", "@jane said so"),
        ("email", "meet @ 5.30 p.m."),
        ("email", "git@github"),
        ("email", "a decorator @app.get in Python"),
        ("email", "price: 5@2.50 each"),
        ("email", "numpy@1.26.4 is installed"),
        ("phone", "In 2019-2020 and 2021-2022"),
        ("phone", "version 1.2.3.4567"),
        ("phone", "192.168.10.254"),
        ("phone", "2026-11-29 10:45:56"),
        ("phone", "ISBN 978-3-16-148410-0"),
        ("phone", "3.14159265358979"),
        ("phone", "1,234,567,890 people"),
        ("phone", "order 4711-0815-22"),
        ("phone", "+1 is what you say"),
        ("phone", "+1111111111"),
        ("phone", "a^2+12345678901234567890"),
        ("phone", "+999 123 456 789"),
        ("phone", "port 8888, pid 1234567890"),
        ("phone", "x = 0.1234567890"),
        ("phone", "0000 0000 0000"),
        ("phone", "call me at 5 or 6"),
        ("card", "1234 5678 9012 3456"),
        ("card", "0000 0000 0000 0000"),
        ("card", "4444 4444 4444 4444"),
        ("card", "9999888877776666"),
        ("card", "pi = 3.1415926535897932"),
        ("card", "timestamp 1764412345678901"),
        ("iban", "DE is Germany, GB12 is a bus"),
        ("iban", "GB82 TEST 1234 5698 7654 32"),
        ("iban", "XX12 3456 7890 1234 5678"),
        ("iban", "FR AND DE 12 34 56 78 90 12 34"),
        ("social-security", "000-12-3456"),
        ("social-security", "666-12-3456"),
        ("social-security", "078-05-1120"),
        ("social-security", "912-12-3456"),
        ("social-security", "123-00-4567"),
        ("social-security", "part 123-45-67890"),
        ("name", "the name is not known"),
        ("name", "my name is on the list"),
        ("name", "Dr Strange is a film"),
        ("name", "Mr President, thank you"),
        ("name", "Mrs and Ms are titles"),
        ("name", "file name: report.txt"),
        ("name", "the patient: he waits"),
        ("name", "New York is a city"),
        ("name", "Python Software Foundation"),
    ):
        yield Item(kind, text, "")
    for prefix, size in (("4", 16), ("51", 16), ("37", 15), ("6011", 16)):
        yield Item("card", f"reference {_shift(_card(prefix, size))}", "")
    for country, size in (("DE", 18), ("FR", 23), ("ES", 20), ("AT", 16)):
        yield Item("iban", f"number {_shift(_iban(country, _digits(size)))}", "")


ITEMS = (*_secrets(), *_personal(), *_look_alikes())
SECRET_KINDS = frozenset(item.kind for item in _secrets())
