import type { Download, Model } from '../../src/chat/records.js';
import type { Provider } from '../../src/models/providers.js';
import type { Service } from '../../src/models/services.js';

export function model(id: string, other: Partial<Model> = {}): Model {
  const [provider = '', ...name] = id.split('/');
  return {
    id,
    name: name.join('/'),
    provider,
    kind: 'openai',
    verified: true,
    demo: false,
    available: true,
    unavailable_reason: '',
    context_tokens: null,
    size_bytes: null,
    sees: null,
    max_output_tokens: null,
    tools: null,
    reasoning: null,
    pdf: null,
    temperature: null,
    deprecated_on: null,
    ended: false,
    input_usd_per_million: null,
    cached_usd_per_million: null,
    output_usd_per_million: null,
    dearer_above_tokens: null,
    priced_by: '',
    priced_on: null,
    corrected: [],
    ...other
  };
}

export function download(state: Download['state'], other: Partial<Download> = {}): Download {
  return {
    model_id: 'local/demo',
    state,
    received_bytes: 0,
    total_bytes: 100,
    code: '',
    message: '',
    remedy: '',
    ...other
  };
}

export function provider(name: string, other: Partial<Provider> = {}): Provider {
  return {
    name,
    kind: 'openai',
    base_url: 'https://api.example.com/v1',
    route: null,
    verified: true,
    key_hint: null,
    key_env: null,
    enabled: true,
    headers: [],
    proxy: null,
    connect_s: null,
    first_token_s: null,
    between_tokens_s: null,
    revision: 1,
    ...other
  };
}

export function service(name: string, other: Partial<Service> = {}): Service {
  return {
    name,
    title: name,
    base_url: `https://api.${name}.com/v1`,
    kind: 'openai',
    example: '',
    route: null,
    verified: true,
    url_example: '',
    needs_key: true,
    ...other
  };
}

const ROUTED = { kind: 'litellm', verified: false } as const;

export const SERVICES: readonly Service[] = [
  service('openai', { title: 'OpenAI', example: 'gpt-5-mini' }),
  service('gemini', { title: 'Gemini', kind: 'gemini' }),
  service('groq', { title: 'Groq' }),
  service('cohere', { ...ROUTED, title: 'Cohere', route: 'cohere_chat' }),
  service('bedrock', {
    ...ROUTED,
    title: 'Amazon Bedrock',
    route: 'bedrock',
    base_url: null,
    url_example: 'https://bedrock-runtime.us-east-1.amazonaws.com'
  }),
  service('ollama-chat', { ...ROUTED, title: 'Ollama, in its own format', route: 'ollama_chat', needs_key: false })
];
