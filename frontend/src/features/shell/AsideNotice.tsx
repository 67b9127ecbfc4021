import { useState } from 'react';
import { type Aside, discardAside, useAsides } from '../../document/asides';
import { draftOf, useSaved } from '../../document/saved';
import { undoable } from '../../document/store';
import { select, showJob } from '../../session';
import { Button } from '../../ui/Button';
import { toast } from '../../ui/toasts';
import { words } from '../../words/words';
import styles from './messages.module.css';
import { downloadCurrentDraft, downloadDraft } from './recovery';

const LOADED_AT = new Date().toISOString();

/** Open a draft that was set aside. Undo brings the previous draft back. */
function bringBack(aside: Aside): void {
  const draft = draftOf(aside.text);
  if (!draft) return;
  const undo = undoable(() => draft);
  select(null);
  showJob(null);
  discardAside(aside);
  toast(words.drafts.isBack, { label: words.shell.undo, run: undo });
}

/** Says that the browser keeps no draft. */
export function UnkeptNotice() {
  const kept = useSaved((now) => now.kept);
  if (kept) return null;
  return (
    <div className={styles.aside} role="status" data-testid="unkept">
      <span>{words.drafts.unkept}</span>
      <span className={styles.asideActions}>
        <Button small onClick={downloadCurrentDraft}>
          {words.drafts.download}
        </Button>
      </span>
    </div>
  );
}

/** Says that another tab is in use, until the visitor has read it. */
function TabsNotice() {
  const others = useSaved((now) => now.others);
  const [read, setRead] = useState(false);
  if (!others || read) return null;
  return (
    <div className={styles.aside} role="status" data-testid="other-tab">
      <span>{words.drafts.otherTab}</span>
      <span className={styles.asideActions}>
        <Button small look="quiet" onClick={() => setRead(true)}>
          {words.drafts.hideNotice}
        </Button>
      </span>
    </div>
  );
}

/** A draft of another tab is offered when the page is loaded, not while the other tab is in use. */
const isOffered = ({ why, at }: Aside): boolean => why !== 'tab' || at < LOADED_AT;

/** Says which draft was set aside last, until the visitor opens or discards it. */
export function AsideNotice() {
  const aside = useAsides((now) => now.asides.findLast(isOffered));
  return (
    <>
      <TabsNotice />
      {aside && <OneAside aside={aside} />}
    </>
  );
}

function OneAside({ aside }: { aside: Aside }) {
  return (
    <div className={styles.aside} role="status" data-testid="aside">
      <span>{words.drafts.aside[aside.why]}</span>
      <span className={styles.asideActions}>
        <Button small data-testid="download-aside" onClick={() => downloadDraft(aside.text, aside.at)}>
          {words.drafts.downloadCopy}
        </Button>
        {draftOf(aside.text) && (
          <Button small data-testid="bring-back" onClick={() => bringBack(aside)}>
            {words.drafts.bringBack}
          </Button>
        )}
        <Button small look="quiet" data-testid="discard-aside" onClick={() => discardAside(aside)}>
          {words.drafts.discard}
        </Button>
      </span>
    </div>
  );
}
