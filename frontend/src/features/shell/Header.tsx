import { useEffect, useState } from 'react';
import { useQueue } from '../../api/queries';
import type { Kind } from '../../document/draft';
import { edit, useDraft } from '../../document/store';
import { showJob, useSession } from '../../session';
import { useStream } from '../../stream/store';
import { IconButton } from '../../ui/Button';
import { Segmented } from '../../ui/Segmented';
import { useTheme } from '../../ui/theme';
import { duration } from '../jobs/words';
import { ModelPicker } from '../sampling/ModelPicker';
import { FileMenu } from './FileMenu';
import styles from './shell.module.css';

const GRACE = 4_000; // milliseconds

const THEMES = {
  auto: { icon: 'auto', label: 'Colours follow the system' },
  light: { icon: 'sun', label: 'Light colours' },
  dark: { icon: 'moon', label: 'Dark colours' },
} as const;

function KindSwitch() {
  const kind = useDraft((now) => now.draft.kind);
  const change = (next: Kind) => {
    edit((draft) => ({ ...draft, kind: next }));
    useSession.setState({ selected: null, drawing: false });
    showJob(null);
  };
  return (
    <Segmented
      label="Kind of layout"
      value={kind}
      options={[
        { value: 'panorama', label: 'Panorama', title: 'One wide or tall picture', testId: 'kind-panorama' },
        { value: 'regions', label: 'Regions', title: 'Boxes on a background', testId: 'kind-regions' },
      ]}
      onChange={change}
    />
  );
}

/** Whether the stream has been away for so long that it is worth saying. */
function useAway(): boolean {
  const connected = useStream((now) => now.connected);
  const [away, setAway] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setAway(!connected), connected ? 0 : GRACE);
    return () => clearTimeout(timer);
  }, [connected]);
  return away;
}

function QueueState() {
  const queue = useQueue().data;
  if (useAway()) return <span className={styles.away}>Reconnecting…</span>;
  if (!queue || queue.queued + queue.running === 0) return null;
  const waiting = queue.queued > 0 ? `${queue.queued} waiting` : 'painting';
  return (
    <span className={styles.queue} title="All jobs on this server">
      {waiting}
      {queue.seconds !== null && queue.seconds >= 1 && `, ${duration(queue.seconds)} left`}
    </span>
  );
}

export function Header() {
  const { choice, next } = useTheme();
  return (
    <header className={styles.header}>
      <h1 className={styles.brand}>
        <img src="/icon.svg" alt="Inlay" width={24} height={24} />
        <span aria-hidden="true">Inlay</span>
      </h1>
      <KindSwitch />
      <div className={styles.spacer} />
      <QueueState />
      <div className={styles.model}>
        <ModelPicker />
      </div>
      <div className={styles.icons}>
        <FileMenu />
        <IconButton label={THEMES[choice].label} icon={THEMES[choice].icon} onClick={next} />
        <IconButton label="Keys and help (?)" icon="help" onClick={() => useSession.setState({ helpOpen: true })} />
      </div>
    </header>
  );
}
