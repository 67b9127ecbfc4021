/** Move the focus to the canvas. */
export const focusCanvas = (): void => document.querySelector<HTMLElement>('#canvas [role=application]')?.focus();
