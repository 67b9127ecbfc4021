import { useEffect, useState } from 'react';
import { useQueue } from '../../api/queries';
import { useSession } from '../../session';
import { useStream } from '../../stream/store';
import { Button, IconButton } from '../../ui/Button';
import { useNarrow } from '../../ui/useMedia';
import { words } from '../../words/words';
import { ModelPicker } from '../sampling/ModelPicker';
import { CanvasFields } from './CanvasFields';
import { clock } from './clock';
import { FileMenu } from './FileMenu';
import styles from './header.module.css';
import { KindChoice } from './KindChoice';
import { toggleDrawer } from './shellActions';

const GRACE = 4_000; // milliseconds

/** True if the stream has been disconnected for longer than GRACE. */
function useAway(): boolean {
  const connected = useStream((now) => now.connected);
  const [away, setAway] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setAway(!connected), connected ? 0 : GRACE);
    return () => clearTimeout(timer);
  }, [connected]);
  return away;
}

function Drawers() {
  const open = useSession((now) => now.drawer);
  const queue = useQueue().data;
  const waiting = queue ? queue.queued + queue.running : 0;
  const left = queue?.seconds != null && queue.seconds >= 1 ? ` · ${clock(queue.seconds)}` : '';
  return (
    <div className={styles.drawers}>
      <Button
        look="quiet"
        icon="gallery"
        aria-expanded={open === 'gallery'}
        aria-label={words.shell.gallery}
        data-testid="open-gallery"
        onClick={() => toggleDrawer('gallery')}
      >
        <span className={styles.wideOnly}>{words.shell.gallery}</span>
      </Button>
      <Button
        look="quiet"
        icon="queue"
        title={words.shell.queueTitle}
        aria-expanded={open === 'queue'}
        data-testid="open-queue"
        onClick={() => toggleDrawer('queue')}
      >
        <span className={styles.wideOnly}>{words.shell.queue}</span>
        <span className={styles.count}>
          {waiting}
          {left}
        </span>
      </Button>
    </div>
  );
}

function Away() {
  return useAway() ? (
    <span className={styles.away} role="status" data-testid="reconnecting">
      {words.shell.reconnecting}
    </span>
  ) : null;
}

/** What concerns the whole window: the document, the layout and its canvas, the model, the drawers, help. */
export function Header() {
  const narrow = useNarrow();
  return (
    <header className={styles.header}>
      <h1 className={styles.brand}>
        <img src="icon.svg" alt={words.shell.brand} width={24} height={24} />
        <span aria-hidden="true">{words.shell.brand}</span>
      </h1>
      <FileMenu />
      <KindChoice />
      {!narrow && <CanvasFields />}
      <div className={styles.spacer} />
      {!narrow && <ModelPicker />}
      <Away />
      <Drawers />
      <div className={styles.icons}>
        <IconButton
          label={`${words.shell.keysAndHelp} (?)`}
          icon="help"
          onClick={() => useSession.setState({ helpOpen: true })}
        />
      </div>
    </header>
  );
}
