import type { CodeAction } from './code.js';
import type { Enter } from './keys.js';
import type { ChatModel } from './model.js';
import type { Conversation } from './records.js';
import type { ChatState } from './state.js';
import type { Translate } from './translation.js';

/** What the parts of the chat draw from, and whom they tell what the reader did. */
export interface View {
  readonly model: ChatModel;
  readonly state: ChatState;
  readonly t: Translate;
  readonly actions: readonly CodeAction[];
  readonly enter: Enter;
  /** `again …`: of the models that may answer instead of the reply of that id. */
  readonly menu: 'branches' | 'conversations' | 'models' | 'several' | 'merge' | `again ${string}` | null;
  /** The conversation that is being renamed, as it was when that began. */
  readonly renaming: Conversation | null;
  /** The question that is being edited, and how far. */
  readonly editing: { readonly id: string; readonly text: string } | null;
  /** Opens a menu; null: closes the one that is open, and gives its button the focus if asked. */
  setMenu(menu: View['menu'], focusButton?: boolean): void;
  /** Begins to rename a conversation; null: ends that, and gives its button the focus if asked. */
  setRenaming(conversation: Conversation | null, focusButton?: boolean): void;
  setEditing(editing: View['editing']): void;
  /** Tells readers who do not see the screen. */
  say(text: string): void;
  /** Puts `text` into the composer and the caret behind it. */
  compose(text: string): void;
  /** Shows the end of the conversation and keeps showing it. */
  toEnd(): void;
  /** The same, with the focus in the composer: the button that was pressed goes away. */
  proceed(): void;
  /** Deletes a message and all that follows it; `then` is called where branches are still listed. */
  deleteBranch(id: string, then?: () => void): Promise<void>;
  copy(text: string): Promise<void>;
}
