export { ChangeFeed, changesOf, type ChangeListener } from './changes';
export { newId } from './ids';
export { ChatModel, type ChatState, type Problem, type ShownMessage } from './model';
export type * from './records';
export {
  ApiError,
  HttpTransport,
  type HttpTransportOptions,
  type RequestOptions,
  type ServerEvent,
  type Transport
} from './transport';
