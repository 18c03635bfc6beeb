// Several of a list, as checkboxes behind a button: what Panel's own lists lack is the roles that a screen reader needs.

const LOOK = `
  :host { font: 15px/1.4 system-ui, sans-serif; color: var(--mui-palette-text-primary) }
  .choices { position: relative }
  button { display: flex; align-items: center; justify-content: space-between; gap: 8px; width: 100%; min-height: 44px;
           padding: 0 14px; font: inherit; font-size: 16px; color: inherit; background: transparent; cursor: pointer;
           border: 1px solid var(--mui-palette-text-secondary); border-radius: 4px; text-align: left }
  button span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
  button::after { content: ''; border: 5px solid transparent; border-top-color: currentColor; margin-top: 5px }
  fieldset { position: absolute; z-index: 5; inset: calc(100% + 4px) auto auto 0; min-width: 100%; max-width: 90vw;
             max-height: 60vh; overflow: auto; box-sizing: border-box; margin: 0; padding: 4px 0; border-radius: 4px;
             border: 1px solid var(--mui-palette-text-secondary); background: var(--mui-palette-background-default);
             box-shadow: 0 4px 16px #0005 }
  fieldset[hidden] { display: none }
  label { display: flex; align-items: center; gap: 12px; min-height: 44px; padding: 0 14px; cursor: pointer;
          overflow-wrap: anywhere }
  label:hover { background: color-mix(in srgb, currentColor 8%, transparent) }
  input { width: 18px; height: 18px; flex: none; margin: 0; accent-color: var(--mui-palette-primary-main) }
  p { margin: 0; padding: 10px 14px }
  :focus-visible { outline: 2px solid var(--mui-palette-primary-main); outline-offset: -2px }
`;

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

export function render({ model, el }) {
  const said = element('span');
  const button = element('button', { type: 'button', ariaExpanded: 'false' }, said);
  const list = element('fieldset', { hidden: true });
  const host = element('div', { className: 'choices' }, button, list);
  el.append(element('style', { textContent: LOOK }), host);

  function show(open) {
    list.hidden = !open;
    button.ariaExpanded = String(open);
  }

  function summary() {
    const names = model.options.filter(({ value }) => model.value.includes(value)).map(({ name }) => name);
    said.textContent = `${model.label}: ${names.length === 0 ? 'all' : names.join(', ')}`;
  }

  function draw() {
    list.ariaLabel = model.label;
    const boxes = model.options.map(({ name, value }) => {
      const box = element('input', { type: 'checkbox', value, checked: model.value.includes(value) });
      return element('label', {}, box, element('span', { textContent: name }));
    });
    list.replaceChildren(...(boxes.length > 0 ? boxes : [element('p', { textContent: 'None yet.' })]));
    summary();
  }

  list.addEventListener('change', () => {
    model.value = [...list.querySelectorAll('input:checked')].map(({ value }) => value);
    summary();
  });
  button.addEventListener('click', () => show(list.hidden));
  host.addEventListener('keydown', event => {
    if (event.key === 'Escape' && !list.hidden) {
      show(false);
      button.focus();
    }
  });
  host.addEventListener('focusout', ({ relatedTarget }) => {
    if (relatedTarget !== null && !host.contains(relatedTarget)) {
      show(false);
    }
  });
  const leave = event => {
    if (!event.composedPath().includes(host)) {
      show(false);
    }
  };
  document.addEventListener('pointerdown', leave);
  model.on('remove', () => document.removeEventListener('pointerdown', leave));
  model.on('options', draw);
  draw();
}
