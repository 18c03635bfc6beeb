// Hosts <wb-chat>, which the server gives out beside the pages, and offers the Experiences to choose from.

const LOOK = `
  :host { display: block; height: 100%; min-height: 0; font: 15px/1.4 system-ui, sans-serif }
  .host { display: flex; flex-direction: column; height: 100%; min-height: 0; color-scheme: light dark;
          background: light-dark(#ffffff, #16181d); color: light-dark(#1c2128, #e4e7ec) }
  h1 { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
  .bar { display: flex; align-items: center; gap: 8px; padding: 6px 12px; flex-wrap: wrap;
         border-bottom: 1px solid light-dark(#dfe3e9, #343a44) }
  select, input, button { font: inherit; min-height: 44px; box-sizing: border-box; color: inherit; border-radius: 6px;
         border: 1px solid light-dark(#878f9c, #707987); background: light-dark(#ffffff, #1e2128); padding: 0 10px }
  select, input { flex: 1 1 8rem; min-width: 0; max-width: 24rem; text-overflow: ellipsis }
  button { cursor: pointer; white-space: nowrap }
  :is(select, input, button):focus-visible { outline: 2px solid light-dark(#2457c5, #8fb3ff); outline-offset: 1px }
  .problem { margin: 0; padding: 6px 12px; color: light-dark(#b3261e, #ff9d94) }
  .problem:empty { display: none }
  wb-chat { flex: 1; min-height: 0; display: block; --wb-font-size: 15px }
`;

/** The place of the server's own routes: beside this page. */
const root = new URL('.', location.href.replace(/\/(?=[?#]|$)/, ''));

/** Jupyter, if this page came through it, wants its token back with each change. */
function crossSiteToken() {
  const found = /(?:^|;\s*)_xsrf=([^;]+)/.exec(document.cookie);
  return found === null ? {} : { 'X-XSRFToken': found[1] };
}

function send(url, init) {
  return fetch(url, { ...init, headers: { ...init.headers, ...crossSiteToken(), 'Workbench-Page': 'chat' } });
}

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function label(text, control) {
  return element('label', { htmlFor: control.id, textContent: text });
}

export async function render({ model, el }) {
  const style = element('style', { textContent: LOOK });
  const host = element('div', { className: 'host' }, element('h1', { textContent: 'Chat' }));
  el.append(style, host);
  const manifest = await (await fetch(new URL('component/manifest.json', root))).json();
  const component = await import(new URL(`component/${manifest.chat}`, root).href);
  const { ChatModel, HttpTransport, changesOf, newId } = component;
  const transport = new HttpTransport({ baseUrl: new URL('api/v1', root).href, fetch: send });
  const chat = element('wb-chat', { model: new ChatModel(transport) });
  const select = element('select', { id: 'experience' });
  const add = element('button', { type: 'button', textContent: 'New Experience' });
  const problem = element('p', { className: 'problem', role: 'alert' });
  const bar = element('div', { className: 'bar' }, label('Experience', select), select, add);
  host.append(bar, problem, chat);

  /** The id of the one that is open; null: none is; undefined: nobody has said which. */
  let shown = new URLSearchParams(location.search).get('experience') ?? undefined;

  async function open(id) {
    shown = id;
    const address = new URL(location.href);
    id === null ? address.searchParams.delete('experience') : address.searchParams.set('experience', id);
    history.replaceState(history.state, '', address);
    select.value = id ?? '';
    await chat.model.open(id);
  }

  async function list() {
    try {
      const all = await transport.request('GET', 'experiences');
      problem.textContent = '';
      const none = element('option', { value: '', textContent: all.length > 0 ? 'Choose one' : 'None yet', disabled: true });
      const options = all.map(({ id, name }) => element('option', { value: id, textContent: name }));
      select.replaceChildren(none, ...options);
      select.disabled = all.length === 0;
      const wanted = shown === undefined ? all[0]?.id : all.find(({ id }) => id === shown)?.id;
      if (wanted === undefined || wanted !== chat.model.state.experience?.id) {
        await open(wanted ?? null);
      }
      select.value = shown ?? '';
    } catch (error) {
      problem.textContent = `${error.message} ${error.remedy ?? ''}`;
    }
  }

  /** A field in place of the list, until a name is given or it is left. */
  function name() {
    const field = element('input', { id: 'name', required: true, maxLength: 200, autocomplete: 'off' });
    const cancel = element('button', { type: 'button', textContent: 'Cancel' });
    const form = element(
      'form',
      { className: 'bar' },
      label('Name', field),
      field,
      element('button', { type: 'submit', textContent: 'Create' }),
      cancel
    );
    const leave = () => {
      form.replaceWith(bar);
      add.focus();
    };
    cancel.addEventListener('click', leave);
    form.addEventListener('keydown', event => {
      if (event.key === 'Escape') {
        leave();
      }
    });
    form.addEventListener('submit', async event => {
      event.preventDefault();
      try {
        const made = await transport.request('POST', 'experiences', { id: newId(), name: field.value });
        shown = made.id;
        await list();
        form.replaceWith(bar);
        chat.focus();
      } catch (error) {
        problem.textContent = `${error.message} ${error.remedy ?? ''}`;
        field.focus();
      }
    });
    bar.replaceWith(form);
    field.focus();
  }

  select.addEventListener('change', () => void open(select.value));
  add.addEventListener('click', name);
  const stop = changesOf(transport).subscribe(change => {
    if (change === null || change.noun === 'experiences') {
      void list();
    }
  });
  model.on('remove', () => {
    stop();
    chat.model.dispose();
  });
  await list();
}
