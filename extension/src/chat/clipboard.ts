/**
 * Puts `text` on the clipboard. Rejects where the browser does not let the page.
 *
 * Pages that were not fetched securely have no clipboard interface; the old way through a selection still works there.
 */
export async function copyText(text: string): Promise<void> {
  if (window.isSecureContext) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const area = document.createElement('textarea');
  area.value = text;
  area.setAttribute('readonly', '');
  area.style.position = 'fixed';
  area.style.opacity = '0';
  const before = document.activeElement;
  document.body.append(area);
  area.select();
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing has taken its place outside secure pages
  const copied = document.execCommand('copy');
  area.remove();
  if (before instanceof HTMLElement) {
    before.focus();
  }
  if (!copied) {
    throw new Error('The browser did not allow copying.');
  }
}
