import { useModels, useQueue } from '../../api/queries';
import type { Kind } from '../../document/draft';
import { edit, useDraft } from '../../document/store';
import { showJob, useSession } from '../../session';
import { IconButton } from '../../ui/Button';
import controls from '../../ui/controls.module.css';
import { Segmented } from '../../ui/Segmented';
import { useTheme } from '../../ui/theme';
import { duration } from '../jobs/words';
import { FileMenu } from './FileMenu';
import styles from './shell.module.css';

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

function ModelPicker() {
  const models = useModels().data;
  const chosen = useDraft((now) => now.draft.sampling.model);
  if (!models) return null;
  const strange = chosen !== null && !models.some((model) => model.id === chosen);
  return (
    <div className={styles.model}>
      <label htmlFor="model">Model</label>
      <select
        id="model"
        className={`${controls.input} ${controls.select}`}
        value={chosen ?? models[0]?.id ?? ''}
        aria-invalid={strange || undefined}
        onChange={(event) =>
          edit((draft) => ({ ...draft, sampling: { ...draft.sampling, model: event.target.value } }))
        }
      >
        {strange && <option value={chosen}>{chosen} (not here)</option>}
        {models.map((model) => (
          <option key={model.id} value={model.id}>
            {model.title}
          </option>
        ))}
      </select>
    </div>
  );
}

function QueueState() {
  const queue = useQueue().data;
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
      <ModelPicker />
      <div className={styles.icons}>
        <FileMenu />
        <IconButton label={THEMES[choice].label} icon={THEMES[choice].icon} onClick={next} />
        <IconButton label="Keys and help (?)" icon="help" onClick={() => useSession.setState({ helpOpen: true })} />
      </div>
    </header>
  );
}
