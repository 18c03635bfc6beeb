/**
 * Makes the children of `target` equal those of `source`, and touches only what differs.
 *
 * What stays the same stays the same node, so that a selection in it, its focus and its scroll position stay too.
 * Takes nodes out of `source`.
 */
export function patchChildren(target: Node, source: Node): void {
  const wanted = [...source.childNodes];
  wanted.forEach((node, index) => {
    const present = target.childNodes[index];
    if (present === undefined) {
      target.appendChild(node);
    } else {
      patchNode(present, node);
    }
  });
  while (target.childNodes.length > wanted.length) {
    target.lastChild?.remove();
  }
}

function patchNode(present: ChildNode, wanted: ChildNode): void {
  if (present.isEqualNode(wanted)) {
    return;
  }
  if (present instanceof Text && wanted instanceof Text) {
    if (wanted.data.startsWith(present.data)) {
      present.appendData(wanted.data.slice(present.length));
    } else {
      present.data = wanted.data;
    }
  } else if (present.cloneNode(false).isEqualNode(wanted.cloneNode(false))) {
    patchChildren(present, wanted);
  } else {
    present.replaceWith(wanted);
  }
}
