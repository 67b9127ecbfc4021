/** The elements whose text can be edited. Other inputs, such as checkboxes, sliders, colours and files, hold no text. */
export const TEXT_FIELD =
  'textarea, [contenteditable=true], input:not([type=checkbox], [type=radio], [type=range], [type=color], [type=file])';

/** True while a text is edited: the keys are meant for it, and it keeps the focus. */
export const isTyping = (): boolean => document.activeElement?.matches(TEXT_FIELD) ?? false;

/** True if an event of the clipboard is not meant for the canvas: it happens in a text or a dialog, or a text on the page
 * is marked. */
export const isForText = ({ target }: Event): boolean =>
  (target instanceof Element && target.closest(`${TEXT_FIELD}, dialog`) !== null) ||
  !(document.getSelection()?.isCollapsed ?? true);
