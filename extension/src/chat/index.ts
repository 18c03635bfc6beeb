/** The chat: a model without a screen, the way to the owner, and the element `<wb-chat>`. Any page can host it. */
export { ChangeFeed, changesOf, type ChangeListener } from './changes.js';
export type { CodeAction } from './code.js';
export { defineChat, WbChat } from './element.js';
export { newId } from './ids.js';
export type { Enter } from './keys.js';
export { ChatModel } from './model.js';
export type * from './records.js';
export type { ChatState, Problem, ShownMessage } from './state.js';
export { MEASURES, TOKENS } from './tokens.js';
export {
  ApiError,
  HttpTransport,
  type HttpTransportOptions,
  type RequestOptions,
  type ServerEvent,
  type Transport
} from './transport.js';
export type { Translate } from './translation.js';
