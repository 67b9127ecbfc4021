const TEXT = 'input, textarea, [contenteditable=true]';

/** True while a text is edited: the keys are meant for it, and it keeps the focus. */
export const isTyping = (): boolean => document.activeElement?.matches(TEXT) ?? false;
