import { ChatModel } from '../chat/model.js';
import type { Experience } from '../chat/records.js';
import type { Transport } from '../chat/transport.js';
import { CommTransport, type Line } from './comm.js';
import { passage } from './passage.js';

/** A chat that is shown in one cell or more: they share what is open, what is written, and the streams. */
export interface SharedChat {
  readonly model: ChatModel;
  /** Calls `listener` with whether the kernel keeps us waiting. Returns the way to stop that. */
  onBusy(listener: (busy: boolean) => void): () => void;
  /** Lends the widget's line to the kernel. Returns the way to take it back. */
  lend(line: Line): () => void;
}

interface Entry {
  readonly chat: Promise<SharedChat>;
  cells: number;
}

const entries = new Map<string, Entry>();

/** The chat of an Experience on this page. It ends when as many have left as have joined. */
export function join(experienceId: string): { readonly chat: Promise<SharedChat>; leave(): void } {
  let entry = entries.get(experienceId);
  if (entry === undefined) {
    entry = { chat: begin(experienceId), cells: 0 };
    entries.set(experienceId, entry);
  }
  const joined = entry;
  joined.cells += 1;
  return {
    chat: joined.chat,
    leave: () => {
      joined.cells -= 1;
      if (joined.cells === 0) {
        entries.delete(experienceId);
        void joined.chat.then(({ model }) => {
          model.dispose();
        });
      }
    }
  };
}

async function begin(experienceId: string): Promise<SharedChat> {
  const way = passage();
  return way !== null && (await leadsTo(way, experienceId)) ? overPassage(way) : overComm();
}

/** Whether the Experience is to be found that way: Jupyter's server and the kernel may have different homes. */
async function leadsTo(way: Transport, experienceId: string): Promise<boolean> {
  try {
    await way.request<Experience>('GET', `experiences/${experienceId}`);
    return true;
  } catch {
    return false; // the kernel's way finds it, or says what is wrong
  }
}

function overPassage(way: Transport): SharedChat {
  const nothing = (): void => undefined;
  return { model: new ChatModel(way), onBusy: () => nothing, lend: () => nothing };
}

function overComm(): SharedChat {
  const listeners = new Set<(busy: boolean) => void>();
  const way = new CommTransport(busy => {
    for (const listener of listeners) {
      listener(busy);
    }
  });
  return {
    model: new ChatModel(way),
    onBusy: listener => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    lend: line => way.lend(line)
  };
}
