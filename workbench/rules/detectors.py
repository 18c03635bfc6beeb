"""What finds secrets and personal data: a pattern for the form, and a check for what only looks like it.

The forms of keys are those that the providers document or that GitHub's secret scanning names (read 2026-11). All of it
works offline, on a text in pieces too.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass

from workbench.errors import InvalidInputError
from workbench.rules import checks, patterns
from workbench.rules.patterns import Pattern

_PEM_LONGEST = 4_600

Check = Callable[[str], bool]


def _any(_: str) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Detector:
    """What finds one kind of thing."""

    name: str
    what: str
    """What it is called in sentences."""
    pattern: Pattern
    check: Check
    """Whether what was found is one."""

    @property
    def is_word(self) -> bool:
        """Whether it has to stand by itself; what says that a password follows can be a part of a longer name."""
        return self.name != "password"


_SECRETS: tuple[tuple[str, str, str, Check], ...] = (
    ("anthropic", "Anthropic key", r"sk-ant-[a-z]{3,8}[0-9]{2}-[A-Za-z0-9_-]{24,130}", checks.is_random),
    ("openrouter", "OpenRouter key", r"sk-or-v1-[0-9a-f]{64}", checks.is_random),
    ("openai", "OpenAI key", r"sk-(?:(?:proj|svcacct|admin|None)-)?[A-Za-z0-9_-]{20,200}", checks.is_random),
    ("google", "Google key", r"AIza[0-9A-Za-z_-]{35}", checks.is_random),
    ("google", "Google access token", r"ya29\.[0-9A-Za-z_-]{30,250}", checks.is_random),
    ("aws", "AWS key id", r"(?:AKIA|ASIA)[A-Z2-7]{16}", checks.is_random_code),
    (
        "aws",
        "AWS secret key",
        r"(?i:aws_?(?:secret)?_?(?:access)?_?key)[\"']?[ ]{0,4}[:=][ ]{0,4}[\"']?(?P<taken>[A-Za-z0-9/+]{40})",
        checks.is_random,
    ),
    ("github", "GitHub token", r"gh[pousr]_[A-Za-z0-9]{36,80}", checks.is_random),
    ("github", "GitHub token", r"github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}", checks.is_random),
    ("gitlab", "GitLab token", r"glpat-[A-Za-z0-9_-]{20,60}", checks.is_random),
    ("slack", "Slack token", r"xox[abeprs]-[0-9A-Za-z-]{20,120}", checks.is_random),
    (
        "slack",
        "Slack address",
        r"https://hooks\.slack\.com/services/T[A-Z0-9]{8,12}/B[A-Z0-9]{8,12}/[A-Za-z0-9]{20,30}",
        checks.is_random,
    ),
    ("stripe", "Stripe key", r"[sr]k_(?:live|test)_[A-Za-z0-9]{24,120}", checks.is_random),
    ("huggingface", "Hugging Face token", r"hf_[A-Za-z0-9]{34}", checks.is_random),
    ("groq", "Groq key", r"gsk_[A-Za-z0-9]{52}", checks.is_random),
    ("xai", "xAI key", r"xai-[A-Za-z0-9]{80}", checks.is_random),
    ("perplexity", "Perplexity key", r"pplx-[A-Za-z0-9]{48}", checks.is_random),
    ("replicate", "Replicate token", r"r8_[A-Za-z0-9]{37}", checks.is_random),
    ("sendgrid", "SendGrid key", r"SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}", checks.is_random),
    ("twilio", "Twilio key", r"(?:SK|AC)[0-9a-f]{32}", checks.is_random),
    ("npm", "npm token", r"npm_[A-Za-z0-9]{36}", checks.is_random),
    ("pypi", "PyPI token", r"pypi-AgE[A-Za-z0-9_-]{50,220}", checks.is_random),
    ("digitalocean", "DigitalOcean token", r"do[opr]_v1_[0-9a-f]{64}", checks.is_random),
    ("databricks", "Databricks token", r"dapi[0-9a-f]{32}", checks.is_random),
    ("telegram", "Telegram bot token", r"[0-9]{8,10}:AA[A-Za-z0-9_-]{33}", checks.is_random),
    ("shopify", "Shopify token", r"shp(?:at|ca|pa|ss)_[0-9a-f]{32}", checks.is_random),
    (
        "token",
        "web token",
        r"eyJ[A-Za-z0-9_-]{10,200}\.eyJ[A-Za-z0-9_-]{10,600}\.[A-Za-z0-9_-]{20,400}",
        checks.is_token,
    ),
    (
        "private-key",
        "private key",
        r"-----BEGIN (?:[A-Z]{2,9} )?PRIVATE KEY-----"
        + r"[A-Za-z0-9+/=\r\n :,\\-]{0,1000}" * 4
        + r"-----END (?:[A-Z]{2,9} )?PRIVATE KEY-----",
        _any,
    ),
    (
        "password",
        "password",
        r"(?i:pass(?:word|wort|phrase|wd)?|pwd|kennwort|secret|api[_ -]?key|access[_ -]?token|auth[_ -]?token)"
        r"(?: is)?[\"']?[ ]{0,3}(?:[:=][ ]{0,3}| )[\"']?(?P<taken>[^\s\"'`,;]{8,120})",
        checks.is_password,
    ),
    ("password", "password", r"[a-z][a-z0-9+]{2,12}://[^\s:/@]{1,40}:(?P<taken>[^\s:/@]{4,60})@", checks.is_password),
)
_NO_NAMES: frozenset[str] = frozenset(
    {"The", "This", "That", "And", "President", "Speaker", "Chairman", "Who", "Right", "Strange"}
)
"""What follows a title, and is no name."""
_NAME = r"[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿA-Z'\x{2019}-]{1,24}"
_NAMES = rf"(?P<taken>{_NAME}(?: (?:(?:van|von|de|der|den|la|del|bin|al) ){{0,2}}{_NAME}){{0,2}})"
_PERSONAL: tuple[tuple[str, str, str, Check], ...] = (
    (
        "email",
        "e-mail address",
        r"[A-Za-z0-9][A-Za-z0-9._%+'-]{0,63}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,40})\.){1,4}[A-Za-z]{2,20}",
        lambda found: ".." not in found and "." not in found.partition("@")[0][-1:],
    ),
    ("phone", "telephone number", r"\+[1-9](?:[ .()/-]{0,2}[0-9]){7,14}", checks.is_international),
    (
        "phone",
        "telephone number",
        r"00[1-9](?:[ .()/-]{0,2}[0-9]){8,14}",
        lambda text: checks.is_international(text[2:]),
    ),
    ("phone", "telephone number", r"(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[ .-])[2-9][0-9]{2}[.-][0-9]{4}", _any),
    ("phone", "telephone number", r"0[1-9](?:[ .][0-9]{2}){4}", _any),
    ("phone", "telephone number", r"0(?:7[0-9]{3} ?[0-9]{6}|20 [0-9]{4} [0-9]{4}|1[0-9]{3} [0-9]{6})", _any),
    ("phone", "telephone number", r"01[567][0-9][ /-]?[0-9]{7,8}|0[2-9][0-9]{1,3}[ /-][0-9]{6,8}", _any),
    (
        "phone",
        "telephone number",
        r"(?i:tel|telephone|phone|mobile|cell|call me (?:at|on)|telefon|handy|fax)[.:]{0,2}[ ]{1,2}"
        r"(?P<taken>[+(]?[0-9](?:[ ()./-]{0,2}[0-9]){6,14})",
        checks.is_said_number,
    ),
    (
        "card",
        "card number",
        r"[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}|3[47][0-9]{2}[ -]?[0-9]{6}[ -]?[0-9]{5}"
        r"|3[0689][0-9]{2}[ -]?[0-9]{6}[ -]?[0-9]{4}",
        checks.is_card,
    ),
    ("iban", "account number", r"[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]){11,27}", checks.is_iban),
    ("social-security", "social security number", r"[0-9]{3}-[0-9]{2}-[0-9]{4}", checks.is_social_security),
    (
        "name",
        "name",
        r"(?i:my name is|my full name is|ich heiße|mein name ist|je m'appelle|me llamo|signed by|signed,|regards,"
        r"|(?:full|first|last|patient|customer) name:|name:|patient:|customer:|employee:|contact person:)"
        rf"\s{{1,2}}{_NAMES}",
        _any,
    ),
    (
        "name",
        "name",
        rf"(?:Mr\.?|Mrs\.?|Ms\.?|Miss|Dr\.?|Prof\.?|Herr|Herrn|Frau|Monsieur|Madame|Señor|Señora) {_NAMES}",
        lambda found: found.partition(" ")[0] not in _NO_NAMES,
    ),
)


def names(kind: str) -> tuple[str, ...]:
    """The detectors of secrets, or of personal data."""
    return tuple(dict.fromkeys(name for name, *_ in _rows(kind)))


@functools.cache
def detectors(kind: str, wanted: tuple[str, ...]) -> tuple[Detector, ...]:
    """Those of these names; of no names: all. Raises InvalidInputError for a name that there is not."""
    known = names(kind)
    for name in wanted:
        if name not in known:
            raise InvalidInputError(
                f"There is no detector {name!r} of {_CALLED[kind]}.", remedy=f"There are: {', '.join(known)}."
            )
    chosen = [row for row in _rows(kind) if not wanted or row[0] in wanted]
    return tuple(
        Detector(name, what, patterns.compiled(pattern, longest=_PEM_LONGEST), check)
        for name, what, pattern, check in chosen
    )


def _rows(kind: str) -> tuple[tuple[str, str, str, Check], ...]:
    return _SECRETS if kind == "secrets" else _PERSONAL


_CALLED = {"secrets": "secrets", "personal": "personal data"}
