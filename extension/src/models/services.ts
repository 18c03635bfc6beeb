import type { components } from '../api.js';

/** A provider that everybody finds at the same address. */
export type Service = components['schemas']['Service'];
