import { type ReactNode, useEffect, useId, useRef } from 'react';
import { words } from '../words/words';
import { IconButton } from './Button';
import styles from './controls.module.css';
import { noteOpen } from './openDialog';

interface DialogProps {
  title: string;
  open: boolean;
  onClose: () => void;
  /** The dialog shows neither its title nor a button to close it. */
  bare?: boolean;
  /** The dialog is as wide as a picture needs. */
  wide?: boolean;
  children: ReactNode;
}

const FIELD = 'input:not(:disabled), select:not(:disabled), textarea:not(:disabled)';

/** A modal dialog on the native element: it traps focus and closes with Escape. The element with `data-first` gets the
 * focus, or else the first field. */
export function Dialog({ title, open, onClose, bare, wide, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    if (open && !element.current?.open) {
      element.current?.showModal();
      const find = (what: string) => element.current?.querySelector<HTMLElement>(what);
      (find('[data-first]') ?? find(FIELD))?.focus();
    }
    if (!open) element.current?.close();
    return open && element.current ? noteOpen(element.current) : undefined;
  }, [open]);
  return (
    <dialog
      ref={element}
      className={`${styles.dialog} ${wide ? styles.wideDialog : ''}`}
      aria-labelledby={id}
      onClose={onClose}
    >
      <div className={bare ? 'visually-hidden' : styles.dialogHead}>
        <h2 id={id} className={styles.dialogTitle}>
          {title}
        </h2>
        {!bare && <IconButton label={words.shell.close} icon="close" small onClick={() => element.current?.close()} />}
      </div>
      {open && children}
    </dialog>
  );
}
