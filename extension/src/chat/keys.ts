/** Whether `event` is the Enter that sends: not with Shift, and not the one that ends an input method's word. */
export function isSend(event: KeyboardEvent): boolean {
  // 229: Safari sends the Enter that ends a word after the composition is over.
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing else tells
  const isComposing = event.isComposing || event.keyCode === 229;
  return event.key === 'Enter' && !event.shiftKey && !event.altKey && !isComposing;
}
