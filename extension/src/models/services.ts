import type { RemoteKind } from './draft.js';

/** A provider that everybody finds at the same address, which the owner knows. */
export interface Service {
  /** As the owner calls it. */
  readonly id: string;
  readonly name: string;
  readonly kind: RemoteKind;
  /** What the name of one of its models looks like. */
  readonly example: string;
}

export const SERVICES: readonly Service[] = [
  { id: 'openai', name: 'OpenAI', kind: 'openai', example: 'gpt-5-mini' },
  { id: 'anthropic', name: 'Anthropic', kind: 'anthropic', example: 'claude-sonnet-4-5' },
  { id: 'gemini', name: 'Gemini', kind: 'gemini', example: 'gemini-2.5-flash' },
  { id: 'mistral', name: 'Mistral', kind: 'openai', example: 'mistral-large-latest' },
  { id: 'groq', name: 'Groq', kind: 'openai', example: 'llama-3.3-70b-versatile' },
  { id: 'deepseek', name: 'DeepSeek', kind: 'openai', example: 'deepseek-chat' },
  { id: 'xai', name: 'xAI', kind: 'openai', example: 'grok-4' },
  { id: 'openrouter', name: 'OpenRouter', kind: 'openai', example: 'anthropic/claude-sonnet-4.5' },
  { id: 'together', name: 'Together', kind: 'openai', example: 'meta-llama/Llama-3.3-70B-Instruct-Turbo' }
];
