import { nullTranslator } from '@jupyterlab/translation';
import * as React from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { EMPTY } from '../../src/models/draft.js';
import { AddModel } from '../../src/models/form.js';
import { ModelsModel } from '../../src/models/model.js';
import type { Props } from '../../src/models/panel.js';
import { StandInOwner } from '../standin.js';
import { model, SERVICES } from './records.js';

const trans = nullTranslator.load('llm-workbench');
const URL = 'https://bedrock-runtime.eu-west-1.amazonaws.com';
let root: Root;
let host: HTMLElement;

beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  host = document.body.appendChild(document.createElement('div'));
  root = createRoot(host);
});

afterEach(() => {
  React.act(() => {
    root.unmount();
  });
  host.remove();
  vi.unstubAllGlobals();
});

function Form({ models }: { readonly models: ModelsModel }): React.JSX.Element {
  const [draft, setDraft] = React.useState(EMPTY);
  const state = { ...models.state, services: SERVICES };
  const props = { model: models, state, act: vi.fn(), say: vi.fn(), language: 'en', trans } as unknown as Props;
  return React.createElement(AddModel, { ...props, draft, setDraft });
}

function input(name: string): HTMLInputElement {
  const found = host.querySelector<HTMLInputElement>(`input[name="${name}"]`);
  if (found === null) {
    throw new Error(`There is no field ${name}.`);
  }
  return found;
}

function choose(value: string): void {
  React.act(() => {
    const [select] = host.getElementsByTagName('select');
    if (select !== undefined) {
      select.value = value;
      select.dispatchEvent(new Event('change', { bubbles: true }));
    }
  });
}

function type(name: string, value: string): void {
  React.act(() => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(input(name), value);
    input(name).dispatchEvent(new Event('input', { bubbles: true }));
  });
}

async function send(): Promise<void> {
  await React.act(async () => {
    host.querySelector<HTMLElement>('button[type="submit"]')?.click();
    await Promise.resolve();
  });
}

test('a provider that litellm reads is offered apart, with what that means and the address it needs', async () => {
  const owner = new StandInOwner();
  const models = new ModelsModel(owner);
  owner.answers.set('POST models/remote', model('bedrock/nova', { kind: 'litellm', verified: false }));
  React.act(() => {
    root.render(React.createElement(Form, { models }));
  });
  const groups = [...host.querySelectorAll('optgroup')];
  expect(groups.map(each => each.label)).toEqual([
    'A provider',
    'A provider whose replies are not verified',
    'Elsewhere'
  ]);
  expect([...(groups[1]?.children ?? [])].map(each => each.textContent)).toContain('Amazon Bedrock');
  expect(host.textContent).not.toContain('not verified.');
  expect(host.querySelector('input[name="baseUrl"]')).toBeNull();

  choose('bedrock');
  expect(host.textContent).toContain('its replies are marked as not verified.');
  expect(input('baseUrl').placeholder).toBe('https://bedrock-runtime.us-east-1.amazonaws.com');
  await send();
  expect(host.textContent).toContain('Give the address of the server.');
  expect(owner.asked.map(each => each.call)).not.toContain('POST models/remote');

  type('baseUrl', URL);
  type('name', 'nova');
  input('key').value = 'bedrock-key';
  await send();
  expect(owner.asked.find(each => each.call === 'POST models/remote')?.body).toEqual({
    provider: 'bedrock',
    base_url: URL,
    kind: null,
    name: 'nova',
    api_key: 'bedrock-key',
    sees: null
  });
});
