// A host that is none of ours: it shows the chat inside a shadow root of its own.
const look = new CSSStyleSheet();
look.replaceSync(`
  html, body { height: 100%; margin: 0; }
  main { display: flex; flex-direction: column; height: 100%; }
  h1 { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  main > div { flex: 1; min-height: 0; }
`);
document.adoptedStyleSheets = [look];

const { chat: file } = await (await fetch('/dist/manifest.json')).json();
const { ChatModel, HttpTransport } = await import(`/dist/${file}`);
const query = new URLSearchParams(location.search);

const host = document.createElement('div');
document.querySelector('main').append(host);
const root = host.attachShadow({ mode: 'open' });
const element = document.createElement('wb-chat');
const pressed = [];
element.codeActions = [
  { id: 'insert', label: 'Insert as cell', run: (code, language) => void pressed.push(['insert', code, language]) },
  { id: 'run', label: 'Insert and run', run: (code, language) => void pressed.push(['run', code, language]) }
];
const model = new ChatModel(new HttpTransport({ baseUrl: '/api/v1' }));
element.model = model;
root.append(element);

const longTasks = [];
new PerformanceObserver(list => longTasks.push(...list.getEntries().map(entry => entry.duration))).observe({
  type: 'longtask'
});
window.page = { element, model, pressed, longTasks, ChatModel };
await model.open(query.get('experience'));
document.documentElement.dataset.ready = 'true';
