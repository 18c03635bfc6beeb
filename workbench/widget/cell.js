/**
 * What every cell with a chat brings along: it fetches the chat component once for the whole page and has it shown.
 *
 * It is saved with the notebook, so it is small, and holds nothing of the chat.
 */
const SLOW_MS = 1500;
const components = (globalThis[Symbol.for('workbench.chat')] ??= new Map());

export default {
  async render({ model, el }) {
    const cell = document.createElement('div');
    cell.className = 'wb-ChatCell';
    cell.dataset.lmSuppressShortcuts = 'true';
    el.append(cell);
    if (el.classList.contains('jupyter-widgets-disconnected')) {
      say(cell, `The chat of “${model.get('name')}” needs its kernel: run this cell to bring it back.`);
      return;
    }
    const gone = new AbortController();
    let hide = () => undefined;
    const show = async () => {
      const slow = setTimeout(say, SLOW_MS, cell, 'The kernel is busy. The chat comes when it is free.');
      try {
        const { showInCell } = await component(model, gone.signal);
        if (!gone.signal.aborted) {
          hide = showInCell(model, cell);
        }
      } catch (error) {
        if (!gone.signal.aborted) {
          console.error(error);
          say(cell, 'The chat could not be loaded.', show);
        }
      } finally {
        clearTimeout(slow);
      }
    };
    void show();
    return () => {
      gone.abort();
      hide();
    };
  }
};

/** The chat component, which all cells of the page share. */
async function component(model, signal) {
  const name = model.get('_component');
  const others = components.get(name);
  if (others !== undefined) {
    try {
      return await others;
    } catch {
      // their cell is gone; this one asks itself
    }
  }
  if (components.get(name) === others) {
    const loading = load(name, model, signal);
    components.set(name, loading);
    loading.catch(() => components.get(name) === loading && components.delete(name));
  }
  return components.get(name);
}

/** From Jupyter's server, where the Workbench is switched on there; else from the kernel. */
async function load(name, model, signal) {
  const config = JSON.parse(document.getElementById('jupyter-config-data')?.textContent ?? '{}');
  if (typeof config.baseUrl === 'string' && /^chat\.\w+\.js$/.test(name)) {
    try {
      return await import(new URL(`${config.baseUrl}workbench/chat/${name}`, location.origin).href);
    } catch {
      // not there, or of another version
    }
  }
  const unpacked = new Blob([await sent(model, signal)]).stream().pipeThrough(new DecompressionStream('gzip'));
  const script = new Blob([await new Response(unpacked).blob()], { type: 'text/javascript' });
  return import(URL.createObjectURL(script));
}

/** What the kernel sends of the component. */
function sent(model, signal) {
  const call = `component ${Math.random()}`;
  return new Promise((resolve, reject) => {
    const onMessage = ({ letters }, buffers) => {
      for (const letter of letters ?? []) {
        if (letter.call === call && letter.fault !== undefined) {
          reject(new Error(letter.fault.message));
        } else if (letter.call === call && letter.enclosed !== undefined) {
          resolve(buffers[letter.enclosed]);
        }
      }
    };
    model.on('msg:custom', onMessage);
    signal.addEventListener('abort', () => reject(signal.reason));
    model.send({ call, kind: 'want' });
  });
}

function say(cell, text, again) {
  const line = document.createElement('p');
  line.className = 'wb-ChatCell-line';
  line.setAttribute('role', 'status');
  line.textContent = text;
  if (again !== undefined) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = 'Try again';
    button.addEventListener('click', () => void again());
    line.append(' ', button);
  }
  cell.replaceChildren(line);
}
