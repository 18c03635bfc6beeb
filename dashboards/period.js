// From when to when: the browser's own list and calendars, which every phone and screen reader knows.

const LOOK = `
  :host { font: 15px/1.4 system-ui, sans-serif; color: var(--mui-palette-text-primary) }
  .period { display: flex; flex-wrap: wrap; gap: 8px 16px }
  label { display: grid; gap: 2px; font-size: 13px; color: var(--mui-palette-text-secondary) }
  label[hidden] { display: none }
  select, input { font: inherit; font-size: 16px; min-height: 44px; padding: 0 10px; box-sizing: border-box;
                  color: var(--mui-palette-text-primary); background: var(--mui-palette-background-default);
                  border: 1px solid var(--mui-palette-text-secondary); border-radius: 4px }
  select { min-width: 180px }
  :focus-visible { outline: 2px solid var(--mui-palette-primary-main); outline-offset: -2px }
  .dark :is(select, input) { color-scheme: dark }
`;

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

export function render({ model, el }) {
  const select = element('select', {}, ...model.options.map(name => element('option', { textContent: name })));
  const since = element('input', { type: 'date' });
  const until = element('input', { type: 'date' });
  const days = [element('label', {}, 'From', since), element('label', {}, 'To', until)];
  const host = element('div', { className: 'period' }, element('label', {}, 'Period', select), ...days);
  el.append(element('style', { textContent: LOOK }), host);

  function draw() {
    select.value = model.value;
    since.value = model.since;
    until.value = model.until;
    since.max = model.until;
    until.min = model.since;
    for (const day of days) {
      day.hidden = model.value !== model.options.at(-1);
    }
    host.classList.toggle('dark', model.dark);
  }

  select.addEventListener('change', () => {
    model.value = select.value;
    draw();
  });
  for (const [field, name] of [[since, 'since'], [until, 'until']]) {
    field.addEventListener('change', () => {
      if (field.value !== '' && field.checkValidity()) {
        model[name] = field.value;
      }
      draw();
    });
  }
  model.on('dark', draw);
  draw();
}
