/** The owner's records of agents as JSON, from the API's description. */

import type { components } from '../api.js';

type Schemas = components['schemas'];

export type Agent = Schemas['Agent'];
export type Run = Schemas['Run'];
export type Report = Schemas['Report'];
export type Schedule = Schemas['Schedule'];
export type Preview = Schemas['Preview'];
/** An executed notebook, as Jupyter writes it. */
export type Executed = Readonly<Record<string, unknown>>;
