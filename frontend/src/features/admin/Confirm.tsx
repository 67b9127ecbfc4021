import { createPortal } from 'react-dom';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { useOnce } from '../../ui/useOnce';
import styles from './admin.module.css';

/** A step that the visitor must confirm. */
export interface Step {
  title: string;
  says: string;
  /** The name of the button. */
  label: string;
  run: () => Promise<unknown>;
}

interface ConfirmProps {
  step: Step | null;
  onClose: () => void;
}

/** Asks before something that cannot be taken back. It is a child of the page, because Escape in the drawer closes the
 * drawer. */
export function Confirm({ step, onClose }: ConfirmProps) {
  const confirmed = useOnce(async () => {
    await step?.run();
    onClose();
  });
  return createPortal(
    <Dialog title={step?.title ?? ''} open={step !== null} onClose={onClose}>
      <div className={styles.dialog}>
        <p>{step?.says}</p>
        <Button data-first data-testid="confirm" disabled={confirmed.doing} onClick={confirmed.run}>
          {step?.label}
        </Button>
      </div>
    </Dialog>,
    document.body,
  );
}
