/** What of a notebook's model says where it belongs. */
interface WithMetadata {
  getMetadata(key: string): unknown;
}

/** The id of the Experience that a notebook belongs to; null: it is none of ours. */
export function experienceOf(notebook: WithMetadata | null): string | null {
  const ours = notebook?.getMetadata('workbench');
  const id = isRecord(ours) ? ours['experience'] : undefined;
  return typeof id === 'string' && id !== '' ? id : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
