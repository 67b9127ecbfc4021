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

const timers = new Map<number, ReturnType<typeof setTimeout>>();

/** Let a message stay while the pointer or the focus is on it. */
const hold = (id: number) => clearTimeout(timers.get(id));

function letGo(id: number): void {
  hold(id);
  timers.set(
    id,
    setTimeout(() => {
      timers.delete(id);
      dismiss(id);
    }, LIFETIME),
  );
}

/** Show a message for a few seconds, with at most one action. */
export function toast(text: string, action?: Toast['action']): void {
  const id = ++last;
  useToasts.setState((now) => ({ toasts: [...now.toasts.slice(-2), { id, text, action }] }));
  letGo(id);
}

/** The messages. While a dialog is open they are in it, because it makes everything outside of it inert. */
export function Toasts() {
  const toasts = useToasts((now) => now.toasts);
  const dialog = useOpenDialog((now) => now.dialogs.at(-1));
  return createPortal(
    <div className={styles.toasts} role="status" aria-live="polite">
      {toasts.map((one) => (
        // biome-ignore lint/a11y/noStaticElementInteractions: it does nothing but stay
        <div
          key={one.id}
          className={styles.toast}
          onPointerEnter={() => hold(one.id)}
          onPointerLeave={() => letGo(one.id)}
          onFocus={() => hold(one.id)}
          onBlur={() => letGo(one.id)}
        >
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
