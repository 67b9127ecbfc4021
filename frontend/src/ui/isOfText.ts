const TEXT = 'input, textarea, select, [contenteditable=true], dialog';

/** True if an event of the clipboard is meant for a text: one is edited, or marked on the page. */
export const isOfText = ({ target }: Event): boolean =>
  (target instanceof Element && target.closest(TEXT) !== null) || !(document.getSelection()?.isCollapsed ?? true);
