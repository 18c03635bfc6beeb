import { LabIcon } from '@jupyterlab/ui-components';

/** A bench with a spark above it. */
export const workbenchIcon = draw(
  'workbench',
  `<path class="jp-icon3" fill="#616161" d="M12 1.8l1.5 3.7 3.7 1.5-3.7 1.5L12 12.2l-1.5-3.7L6.8 7l3.7-1.5z"/>
   <path class="jp-icon3" fill="#616161" d="M2.5 13.5h19a1 1 0 0 1 1 1v1.6a1 1 0 0 1-1 1h-1V22h-2.2v-4.9H5.7V22H3.5v-4.9h-1a1 1 0 0 1-1-1v-1.6a1 1 0 0 1 1-1z"/>
   <path class="jp-icon3" fill="#616161" d="M18.8 2.2l.7 1.6 1.6.7-1.6.7-.7 1.6-.7-1.6-1.6-.7 1.6-.7zM5.2 7.2l.6 1.3 1.3.6-1.3.6-.6 1.3-.6-1.3-1.3-.6 1.3-.6z"/>`
);

export const chatIcon = draw(
  'chat',
  `<path class="jp-icon3" fill="#616161" fill-rule="evenodd" d="M4 3h16a2 2 0 0 1 2 2v11a2 2 0 0 1-2 2h-7.6l-4.7 3.8c-.7.5-1.7 0-1.7-.8V18H4a2 2 0 0 1-2-2V5c0-1.1.9-2 2-2zm3 5v1.8h10V8H7zm0 3.6v1.8h6.5v-1.8H7z"/>`
);

export const dashboardsIcon = draw(
  'dashboards',
  `<path class="jp-icon3" fill="#616161" d="M3 3h2v16h16v2H3V3zm5 9h2.6v5H8v-5zm4.4-6H15v11h-2.6V6zm4.4 3.5h2.6V17h-2.6V9.5z"/>`
);

export const reportsIcon = draw(
  'reports',
  `<path class="jp-icon3" fill="#616161" fill-rule="evenodd" d="M6 2h8.5L20 7.5V20a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V4c0-1.1.9-2 2-2zm7.5 1.8V8.5h4.7zM7.5 11v1.8h9V11h-9zm0 3.5v1.8h9v-1.8h-9zm0 3.5v1.6h6V18h-6z"/>`
);

export const promptsIcon = draw(
  'prompts',
  `<path class="jp-icon3" fill="#616161" fill-rule="evenodd" d="M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V5c0-1.1.9-2 2-2zm.2 2.2v13.6h13.6V5.2zm2 2.9l1.3-1.3 4.2 4.2-4.2 4.2-1.3-1.3 2.9-2.9zM12.5 14.6H17v1.8h-4.5z"/>`
);

export const modelsIcon = draw(
  'models',
  `<path class="jp-icon3" fill="#616161" fill-rule="evenodd" d="M8 2h1.8v3h4.4V2H16v3h1a2 2 0 0 1 2 2v1h3v1.8h-3v4.4h3V16h-3v1a2 2 0 0 1-2 2h-1v3h-1.8v-3H9.8v3H8v-3H7a2 2 0 0 1-2-2v-1H2v-1.8h3V9.8H2V8h3V7a2 2 0 0 1 2-2h1zM7.2 7.2v9.6h9.6V7.2zm2.3 2.3h5v5h-5z"/>`
);

/** A mask, that of comedy. */
export const personalitiesIcon = draw(
  'personalities',
  `<path class="jp-icon3" fill="#616161" fill-rule="evenodd" d="M4 3c2.6 1 5.3 1.5 8 1.5S17.4 4 20 3a1 1 0 0 1 1.4.9V11c0 5.200-4 10.300-9.4 10.300S2.600 16.200 2.600 11V3.900A1 1 0 0 1 4 3zm.6 2.4V11c0 4.300 3.300 8.300 7.4 8.300s7.4-4 7.4-8.300V5.4a24 24 0 0 1-14.800 0zM8 9.200a2 2 0 0 1 2 1.4H6a2 2 0 0 1 2-1.4zm8 0a2 2 0 0 1 2 1.4h-4a2 2 0 0 1 2-1.4zm-8.300 4.300h8.600a4.4 4.4 0 0 1-8.600 0z"/>`
);

/** Scales. */
export const trialsIcon = draw(
  'trials',
  `<path class="jp-icon3" fill="#616161" fill-rule="evenodd" d="M11 3h2v2h6v2h-.7l3.200 7a3.700 3.700 0 0 1-7.200 0l3.200-7H13v11h4v2H7v-2h4V7H6.500l3.200 7a3.700 3.700 0 0 1-7.200 0l3.200-7H5V5h6V3zM6.100 9.200 4.100 14h4zm11.800 0-2 4.800h4z"/>`
);

/** A shield. */
export const rulesIcon = draw(
  'rules',
  `<path class="jp-icon3" fill="#616161" fill-rule="evenodd" d="M12 2l8 3v6c0 5-3.400 9.200-8 11-4.600-1.800-8-6-8-11V5zm0 2L6 6.300V11c0 3.900 2.500 7.300 6 8.900 3.500-1.600 6-5 6-8.900V6.300zm3.600 4.400L17 9.800l-6 6-3.300-3.300 1.400-1.400L11 13z"/>`
);

export const publicIcon = draw(
  'public',
  `<path class="jp-icon3" fill="#616161" fill-rule="evenodd" d="M12 2.5a9.5 9.5 0 1 1 0 19 9.5 9.5 0 0 1 0-19zm-2 2.3A7.6 7.6 0 0 0 5 9.2h3.2A15 15 0 0 1 10 4.8zm4 0a15 15 0 0 1 1.8 4.4H19a7.6 7.6 0 0 0-5-4.4zm-2-.3c-.7.9-1.4 2.6-1.9 4.7h3.8c-.5-2.1-1.2-3.8-1.9-4.7zM4.5 11.1a7.7 7.7 0 0 0 0 1.9H8a20 20 0 0 1 0-1.9H4.5zm5.4 0a18 18 0 0 0 0 1.9h4.2a18 18 0 0 0 0-1.9H9.9zm6.1 0a20 20 0 0 1 0 1.9h3.5a7.7 7.7 0 0 0 0-1.9H16zM5 14.9a7.6 7.6 0 0 0 5 4.4 15 15 0 0 1-1.8-4.4H5zm5.1 0c.5 2.1 1.2 3.7 1.9 4.6.7-.9 1.4-2.5 1.9-4.6h-3.8zm5.7 0a15 15 0 0 1-1.8 4.4 7.6 7.6 0 0 0 5-4.4h-3.2z"/>`
);

export const privateIcon = draw(
  'private',
  `<path class="jp-icon3" fill="#616161" fill-rule="evenodd" d="M12 2a5 5 0 0 0-5 5v2.5H6a2 2 0 0 0-2 2V20c0 1.1.9 2 2 2h12a2 2 0 0 0 2-2v-8.5a2 2 0 0 0-2-2h-1V7a5 5 0 0 0-5-5zm3 7.5H9V7a3 3 0 1 1 6 0v2.5zm-3 4a1.5 1.5 0 0 1 .9 2.7V18.5h-1.8v-2.3a1.5 1.5 0 0 1 .9-2.7z"/>`
);

function draw(name: string, shapes: string): LabIcon {
  return new LabIcon({
    name: `llm-workbench:${name}`,
    svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">${shapes}</svg>`
  });
}
