import type { Personality } from '../../src/personalities/records.js';

export const TUTOR: Personality = {
  id: 'p1',
  name: 'Tutor',
  description: 'Teaches.',
  character: {
    role: 'a tutor',
    traits: ['patient', 'exact'],
    tone: 'warm',
    style: '',
    formality: 'casual',
    audience: '',
    do: ['Ask.'],
    dont: [],
    examples: [{ question: 'Why?', answer: 'So.' }],
    language: '',
    emoji: null,
    length: 'brief'
  },
  instruction: 'You are a tutor.',
  template: null,
  version: 2,
  state: 'active',
  created_at: '2026-11-01T00:00:00Z',
  updated_at: '2026-11-01T00:00:00Z',
  revision: 2,
  trashed_at: null
};
