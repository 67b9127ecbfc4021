import { createPortal } from 'react-dom';
import { create } from 'zustand';
import { Button } from './Button';
import styles from './controls.module.css';
import { useOpenDialog } from './openDialog';

interface Toast {
  id: number;
  text: string;
  action?: { label: string; run: () => void } | undefined;
}

const LIFETIME = 7_000; // milliseconds
const useToasts = create<{ toasts: Toast[] }>(() => ({ toasts: [] }));
let last = 0;

const dismiss = (id: number) => useToasts.setState((now) => ({ toasts: now.toasts.filter((one) => one.id !== id) }));

/** Show a message for a few seconds, with at most one action. */
export function toast(text: string, action?: Toast['action'], onGone?: () => void): void {
  const id = ++last;
  useToasts.setState((now) => ({ toasts: [...now.toasts.slice(-2), { id, text, action }] }));
  setTimeout(() => {
    dismiss(id);
    onGone?.();
  }, LIFETIME);
}

/** The messages. While a dialog is open they are in it, because it makes everything outside of it inert. */
export function Toasts() {
  const toasts = useToasts((now) => now.toasts);
  const dialog = useOpenDialog((now) => now.dialogs.at(-1));
  return createPortal(
    <div className={styles.toasts} role="status" aria-live="polite">
      {toasts.map((one) => (
        <div key={one.id} className={styles.toast}>
          <span>{one.text}</span>
          {one.action && (
            <Button
              small
              look="quiet"
              onClick={() => {
                dismiss(one.id);
                one.action?.run();
              }}
            >
              {one.action.label}
            </Button>
          )}
        </div>
      ))}
    </div>,
    dialog ?? document.body,
  );
}
