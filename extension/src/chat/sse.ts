/** One event of a `text/event-stream`. */
export interface ServerEvent {
  readonly event: string;
  readonly data: string;
}

/**
 * Reads server-sent events from text that arrives in pieces, wherever it is cut.
 *
 * Follows the WHATWG HTML standard, 9.2.6: lines end in CR, LF or CRLF; comments and unknown fields are skipped; an
 * event that the stream ends in the middle of is dropped. `id` and `retry` are not used by the owner.
 */
export class EventParser {
  /** The events that `text` completes. */
  push(text: string): ServerEvent[] {
    const events: ServerEvent[] = [];
    let rest = this.#rest + text;
    if (!this.#started && rest !== '') {
      this.#started = true;
      rest = rest.replace(/^\uFEFF/, '');
    }
    let start = 0;
    for (;;) {
      const end = lineEnd(rest, start);
      if (end === -1) {
        break;
      }
      const isCr = rest[end] === '\r';
      if (isCr && end + 1 === rest.length) {
        break; // a line feed may follow in the next piece
      }
      const event = this.#line(rest.slice(start, end));
      if (event !== null) {
        events.push(event);
      }
      start = end + (isCr && rest[end + 1] === '\n' ? 2 : 1);
    }
    this.#rest = rest.slice(start);
    return events;
  }

  /** The event that a CR at the very end of the stream completes. */
  end(): ServerEvent[] {
    return this.#rest.endsWith('\r') ? this.push('\n') : [];
  }

  #line(line: string): ServerEvent | null {
    if (line === '') {
      const event =
        this.#data.length > 0
          ? { event: this.#event || 'message', data: this.#data.join('\n') }
          : null;
      this.#event = '';
      this.#data = [];
      return event;
    }
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') {
      this.#event = value;
    } else if (field === 'data') {
      this.#data.push(value);
    }
    return null;
  }

  #rest = '';
  #started = false;
  #event = '';
  #data: string[] = [];
}

function lineEnd(text: string, from: number): number {
  for (let index = from; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 10 || code === 13) {
      return index;
    }
  }
  return -1;
}
