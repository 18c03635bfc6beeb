import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { WidgetTracker } from '@jupyterlab/apputils';
import type { Widget } from '@lumino/widgets';

/** Goes to the tab of that id, which is made where there is none. */
export async function showTab<T extends Widget>(
  shell: JupyterFrontEnd.IShell,
  tracker: WidgetTracker<T>,
  id: string,
  make: () => T
): Promise<T> {
  let widget = tracker.find(each => each.id === id);
  if (widget === undefined) {
    widget = make();
    widget.id = id;
    await tracker.add(widget);
  }
  if (!widget.isAttached) {
    shell.add(widget, 'main');
  }
  shell.activateById(id);
  return widget;
}
