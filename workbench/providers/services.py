"""Providers that everybody knows: those at the same address for all, and those that litellm reads."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from workbench.providers import routes
from workbench.providers.records import ProviderKind


@dataclass(frozen=True, slots=True)
class Service:
    """A provider that everybody knows: its name is enough to add it, with its address where that is each one's own."""

    name: str
    title: str
    """As it calls itself."""
    base_url: str | None
    """None: it depends on your account."""
    kind: ProviderKind = "openai"
    example: str = ""
    """What the name of one of its models looks like; empty: none is known."""
    route: str | None = None
    """litellm's name for it, where litellm's own stream reads it; None: it is read here."""
    verified: bool = True
    """Whether it can be told that a reply is whole."""
    url_example: str = ""
    """What its address looks like, where it depends on your account."""
    needs_key: bool = True


_READ_HERE = (
    Service("openai", "OpenAI", "https://api.openai.com/v1", example="gpt-5-mini"),
    Service("anthropic", "Anthropic", "https://api.anthropic.com", "anthropic", "claude-sonnet-4-5"),
    Service(
        "gemini",
        "Gemini",
        "https://generativelanguage.googleapis.com/v1beta",
        "gemini",
        "gemini-2.5-flash",
    ),
    Service("mistral", "Mistral", "https://api.mistral.ai/v1", example="mistral-large-latest"),
    Service("groq", "Groq", "https://api.groq.com/openai/v1", example="llama-3.3-70b-versatile"),
    Service("deepseek", "DeepSeek", "https://api.deepseek.com/v1", example="deepseek-chat"),
    Service("xai", "xAI", "https://api.x.ai/v1", example="grok-4"),
    Service("openrouter", "OpenRouter", "https://openrouter.ai/api/v1", example="anthropic/claude-sonnet-4.5"),
    Service(
        "together",
        "Together",
        "https://api.together.xyz/v1",
        example="meta-llama/Llama-3.3-70B-Instruct-Turbo",
    ),
    Service("ai21", "AI21", "https://api.ai21.com/studio/v1"),
    Service("aiml", "AI/ML API", "https://api.aimlapi.com/v1"),
    Service("apertis", "Apertis", "https://api.stima.tech/v1"),
    Service("assemblyai", "AssemblyAI", "https://llm-gateway.assemblyai.com/v1"),
    Service("baseten", "Baseten", "https://inference.baseten.co/v1"),
    Service("cerebras", "Cerebras", "https://api.cerebras.ai/v1"),
    Service("charity-engine", "Charity Engine", "https://api.charityengine.services/remotejobs/v2/inference"),
    Service("chutes", "Chutes", "https://llm.chutes.ai/v1"),
    Service("clarifai", "Clarifai", "https://api.clarifai.com/v2/ext/openai/v1"),
    Service("codestral", "Codestral", "https://codestral.mistral.ai/v1"),
    Service("cognition", "Cognition", "https://api.cognition.ai/v1"),
    Service("cometapi", "CometAPI", "https://api.cometapi.com/v1"),
    Service("cortecs", "Cortecs", "https://api.cortecs.ai/v1"),
    Service("darkbloom", "Darkbloom", "https://api.darkbloom.dev/v1"),
    Service("dashscope", "DashScope", "https://dashscope.aliyuncs.com/compatible-mode/v1"),
    Service("deepinfra", "DeepInfra", "https://api.deepinfra.com/v1/openai"),
    Service("edenai", "Eden AI", "https://api.edenai.run/v3"),
    Service("empower", "Empower", "https://app.empower.dev/api/v1"),
    Service("featherless", "Featherless", "https://api.featherless.ai/v1"),
    Service("fireworks", "Fireworks", "https://api.fireworks.ai/inference/v1"),
    Service("friendliai", "FriendliAI", "https://api.friendli.ai/serverless/v1"),
    Service("galadriel", "Galadriel", "https://api.galadriel.com/v1"),
    Service("github", "GitHub Models", "https://models.inference.ai.azure.com"),
    Service("gradient-ai", "Gradient AI", "https://inference.do-ai.run/v1"),
    Service("helicone", "Helicone", "https://ai-gateway.helicone.ai"),
    Service("hyperbolic", "Hyperbolic", "https://api.hyperbolic.xyz/v1"),
    Service("inception", "Inception", "https://api.inceptionlabs.ai/v1"),
    Service("lambda", "Lambda", "https://api.lambda.ai/v1"),
    Service("libertai", "LibertAI", "https://api.libertai.io/v1"),
    Service("meta", "Meta", "https://api.meta.ai/v1"),
    Service("meta-llama", "Meta Llama", "https://api.llama.com/compat/v1"),
    Service("minimax", "MiniMax", "https://api.minimax.io/v1"),
    Service("modelscope", "ModelScope", "https://api-inference.modelscope.cn/v1"),
    Service("moonshot", "Moonshot", "https://api.moonshot.ai/v1"),
    Service("morph", "Morph", "https://api.morphllm.com/v1"),
    Service("nadir", "Nadir", "https://api.getnadir.com/v1"),
    Service("nano-gpt", "NanoGPT", "https://nano-gpt.com/api/v1"),
    Service("nebius", "Nebius", "https://api.studio.nebius.ai/v1"),
    Service("neosantara", "Neosantara", "https://api.neosantara.xyz/v1"),
    Service("novita", "Novita", "https://api.novita.ai/v3/openai"),
    Service("nscale", "Nscale", "https://inference.api.nscale.com/v1"),
    Service("nvidia-nim", "NVIDIA NIM", "https://integrate.api.nvidia.com/v1"),
    Service("ovhcloud", "OVHcloud", "https://oai.endpoints.kepler.ai.cloud.ovh.net/v1"),
    Service("parasail", "Parasail", "https://api.parasail.io/v1"),
    Service("perplexity", "Perplexity", "https://api.perplexity.ai"),
    Service("pinstripes", "Pinstripes", "https://pinstripes.io/v1"),
    Service("poe", "Poe", "https://api.poe.com/v1"),
    Service("prism", "Prism", "https://api.prisminference.com/v1"),
    Service("publicai", "PublicAI", "https://api.publicai.co/v1"),
    Service("qwencloud", "Qwen Cloud", "https://dashscope-intl.aliyuncs.com/compatible-mode/v1"),
    Service("reka", "Reka", "https://api.reka.ai/v1"),
    Service("sail", "Sail", "https://api.sailresearch.com/v1"),
    Service("sambanova", "SambaNova", "https://api.sambanova.ai/v1"),
    Service("scaleway", "Scaleway", "https://api.scaleway.ai/v1"),
    Service("scx-ai", "SCX.ai", "https://api.scx.ai/v1"),
    Service("synthetic", "Synthetic", "https://api.synthetic.new/openai/v1"),
    Service("tencent", "Tencent", "https://tokenhub-intl.tencentcloudmaas.com/v1"),
    Service("tensormesh", "Tensormesh", "https://serverless.tensormesh.ai/v1"),
    Service("v0", "v0", "https://api.v0.dev/v1"),
    Service("vercel", "Vercel AI Gateway", "https://ai-gateway.vercel.sh/v1"),
    Service("volcengine", "Volcengine", "https://ark.cn-beijing.volces.com/api/v3"),
    Service("wandb", "Weights & Biases", "https://api.inference.wandb.ai/v1"),
    Service("xiaomi-mimo", "Xiaomi MiMo", "https://api.xiaomimimo.com/v1"),
    Service("zai", "Z.ai", "https://api.z.ai/api/paas/v4"),
)
"""Those that most people use, then the others in the order of the alphabet."""


def _routed(route: str, name: str, title: str, base_url: str | None, example: str, url_example: str = "") -> Service:
    needs_key = routes.ROUTES[route].needs_key
    return Service(name, title, base_url, "litellm", example, route, False, url_example, needs_key)  # noqa: FBT003  (short)


_READ_BY_LITELLM = (
    _routed(
        "bedrock",
        "bedrock",
        "Amazon Bedrock",
        None,
        "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "https://bedrock-runtime.us-east-1.amazonaws.com",
    ),
    _routed("azure_ai", "azure-ai", "Azure AI", None, "DeepSeek-V3", "https://NAME.services.ai.azure.com"),
    _routed(
        "cloudflare",
        "cloudflare",
        "Cloudflare",
        None,
        "@cf/meta/llama-3.3-70b-instruct-fp8-fast",
        "https://api.cloudflare.com/client/v4/accounts/ACCOUNT/ai/v1",
    ),
    _routed("cohere_chat", "cohere", "Cohere", "https://api.cohere.com", "command-a-03-2025"),
    _routed(
        "databricks",
        "databricks",
        "Databricks",
        None,
        "databricks-claude-sonnet-4-5",
        "https://WORKSPACE.cloud.databricks.com/serving-endpoints",
    ),
    _routed("ollama_chat", "ollama-chat", "Ollama, in its own format", "http://localhost:11434", "qwen3:8b"),
    _routed("snowflake", "snowflake", "Snowflake", None, "llama3.1-70b", "https://ACCOUNT.snowflakecomputing.com"),
)
SERVICES = {service.name: service for service in (*_READ_HERE, *_READ_BY_LITELLM)}
"""By their names: those that are read here, then the others."""
_IN_LITELLM = {
    "ai21": "ai21_chat",
    "featherless": "featherless_ai",
    "fireworks": "fireworks_ai",
    "lambda": "lambda_ai",
    "nano-gpt": "nano-gpt",
    "scx-ai": "scx-ai",
    "together": "together_ai",
    "vercel": "vercel_ai_gateway",
}
"""What litellm calls those that it calls by another name."""
_KEYS = {
    "sk-ant-": "anthropic",
    "sk-or-": "openrouter",
    "sk-proj-": "openai",
    "AIza": "gemini",
    "gsk_": "groq",
    "xai-": "xai",
}
"""How the keys of some begin."""
_BY_HOST = {urlsplit(service.base_url).hostname: service for service in _READ_HERE if service.base_url}


def litellm_name(service: str) -> str:
    """What litellm calls a service."""
    return _IN_LITELLM.get(service, service.replace("-", "_"))


def at(base_url: str) -> Service | None:
    """The service at the host of an address; None: it is nobody's of these."""
    return _BY_HOST.get(urlsplit(base_url).hostname)


def by_route(route: str | None) -> Service | None:
    """What is known of a provider that litellm reads."""
    return next((service for service in _READ_BY_LITELLM if service.route == route), None)


def owner_of_key(key: str, base_url: str) -> str | None:
    """Whose key this plainly is, where the address is another's of these; None: nothing speaks against it."""
    owner = next((name for start, name in _KEYS.items() if key.startswith(start)), None)
    there = at(base_url)
    return owner if owner and there and there.name != owner else None
