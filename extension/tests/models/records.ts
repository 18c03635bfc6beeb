import type { Download, Model } from '../../src/chat/records.js';

export function model(id: string, other: Partial<Model> = {}): Model {
  const [provider = '', ...name] = id.split('/');
  return {
    id,
    name: name.join('/'),
    provider,
    kind: 'openai',
    demo: false,
    available: true,
    unavailable_reason: '',
    context_tokens: null,
    size_bytes: null,
    sees: null,
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
