import { useEffect, useState } from 'react';
import { useQueue } from '../../api/queries';
import type { Kind } from '../../api/types';
import { edit, useDraft } from '../../document/store';
import { showJob, useSession } from '../../session';
import { useStream } from '../../stream/store';
import { IconButton } from '../../ui/Button';
import controls from '../../ui/controls.module.css';
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

const KINDS: readonly { value: Kind; label: string; title: string }[] = [
  { value: 'panorama', label: 'Panorama', title: 'One wide or tall picture' },
  { value: 'regions', label: 'Regions', title: 'Boxes on a background' },
  { value: 'scene', label: 'Scene', title: 'A background, an object, and both in one' },
  { value: 'portrait', label: 'Portrait', title: 'A figure, with a separate prompt for its head' },
  { value: 'illusion', label: 'Illusion', title: 'Another picture when rotated or mirrored' },
  { value: 'texture', label: 'Texture', title: 'A picture that tiles without a seam' },
  { value: 'custom', label: 'Custom', title: 'A graph of your own, as JSON' },
];

function change(kind: Kind): void {
  edit((draft) => ({ ...draft, kind }));
  useSession.setState({ selected: null, drawing: false });
  showJob(null);
}

/** Choose the kind of layout: buttons in a row if there is room, else a list. */
function KindSwitch() {
  const kind = useDraft((now) => now.draft.kind);
  return (
    <>
      <div className={styles.kinds}>
        <Segmented
          label="Kind of layout"
          value={kind}
          options={KINDS.map((one) => ({ ...one, testId: `kind-${one.value}` }))}
          onChange={change}
        />
      </div>
      <select
        className={`${controls.input} ${controls.select} ${styles.kindList}`}
        aria-label="Kind of layout"
        data-testid="kind"
        value={kind}
        onChange={({ target }) => change(target.value as Kind)}
      >
        {KINDS.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </>
  );
}

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

function QueueState() {
  const queue = useQueue().data;
  if (useAway()) return <span className={styles.away}>Reconnecting…</span>;
  if (!queue || queue.queued + queue.running === 0) return null;
  const waiting = queue.queued > 0 ? `${queue.queued} waiting` : 'running';
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
        <img src="icon.svg" alt="Inlay" width={24} height={24} />
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
