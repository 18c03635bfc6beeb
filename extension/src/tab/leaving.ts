import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

/** Asks whether what was written and not saved may go; `unsaved` says what that is. */
export async function confirmLeaving(unsaved: string, trans: TranslationBundle): Promise<boolean> {
  const { button } = await showDialog({
    title: trans.__('Discard what you have written?'),
    body: unsaved,
    buttons: [
      Dialog.cancelButton({ label: trans.__('Keep editing') }),
      Dialog.warnButton({ label: trans.__('Discard'), accept: true })
    ]
  });
  return button.accept;
}
