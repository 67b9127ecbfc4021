import { type Aside, discardAside, draftOf, useAsides } from '../../document/saved';
import { edit, undo } from '../../document/store';
import { select, showJob } from '../../session';
import { Button } from '../../ui/Button';
import { toast } from '../../ui/toasts';
import { downloadCurrentDraft, downloadDraft } from './recovery';
import styles from './shell.module.css';

const SAYS: Record<Aside['why'], string> = {
  unreadable: 'This version of the studio cannot read the draft that was kept here. A copy of it is set aside.',
  reset: 'The draft was reset. A copy of the last one is set aside.',
};

/** Open a draft that was set aside. Undo brings the previous draft back. */
function bringBack(aside: Aside): void {
  const draft = draftOf(aside.text);
  if (!draft) return;
  edit(() => draft);
  select(null);
  showJob(null);
  discardAside(aside);
  toast('The draft is back.', { label: 'Undo', run: undo });
}

/** Says that the browser keeps no draft. */
export function UnkeptNotice() {
  const kept = useAsides((now) => now.kept);
  if (kept) return null;
  return (
    <div className={styles.aside} role="status" data-testid="unkept">
      <span>This browser does not keep your draft: its storage is full or blocked. Save a copy before you leave.</span>
      <span className={styles.asideActions}>
        <Button small onClick={downloadCurrentDraft}>
          Download the draft
        </Button>
      </span>
    </div>
  );
}

/** Says which draft was set aside last, until the visitor opens or discards it. */
export function AsideNotice() {
  const aside = useAsides((now) => now.asides.at(-1));
  if (!aside) return null;
  return (
    <div className={styles.aside} role="status" data-testid="aside">
      <span>{SAYS[aside.why]}</span>
      <span className={styles.asideActions}>
        <Button small data-testid="download-aside" onClick={() => downloadDraft(aside.text, aside.at)}>
          Download the copy
        </Button>
        {draftOf(aside.text) && (
          <Button small data-testid="bring-back" onClick={() => bringBack(aside)}>
            Bring it back
          </Button>
        )}
        <Button small look="quiet" data-testid="discard-aside" onClick={() => discardAside(aside)}>
          Discard it
        </Button>
      </span>
    </div>
  );
}
