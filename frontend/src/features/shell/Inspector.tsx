import { lazy } from 'react';
import { type Fault, faultAt } from '../../api/problem';
import { type Tab, useSession } from '../../session';
import { Later } from '../../ui/Later';
import { Tabs } from '../../ui/Tabs';
import { useNarrow } from '../../ui/useMedia';
import { words } from '../../words/words';
import { GeneratePanel } from '../jobs/GeneratePanel';
import { useGenerate } from '../jobs/useGenerate';
import { LayoutPanel } from '../layout/LayoutPanel';
import styles from './panel.module.css';
import { SheetHandle } from './SheetHandle';

const Layers = lazy(() => import('../layers/LayersPanel').then(({ LayersPanel }) => ({ default: LayersPanel })));
const PicturePanels = lazy(() => import('./PicturePanels').then(({ PicturePanels }) => ({ default: PicturePanels })));
const SamplingPanel = lazy(() =>
  import('../sampling/SamplingPanel').then(({ SamplingPanel }) => ({ default: SamplingPanel })),
);

/** True if the server refuses something that the tab shows. */
function isFaulty(tab: Tab, faults: readonly Fault[]): boolean {
  const picture = faultAt(faults, 'start') ?? faultAt(faults, 'layout', 'guides');
  if (tab === 'picture') return picture !== undefined;
  if (tab === 'sampling')
    return faults.some(({ location }) => ['sampling', 'images', 'keep'].includes(`${location[0]}`));
  return (
    tab === 'region' &&
    faults.some(({ location }) => location[0] === 'layout' && !['guides', 'canvas'].includes(`${location[1]}`))
  );
}

const LayersLater = () => (
  <Later waiting={<div className={styles.blank} />}>
    <Layers />
  </Later>
);

/** The fields of the chosen layer, of the picture, and of the sampling. */
function Fields() {
  const tab = useSession((now) => now.tab);
  const { faults } = useGenerate();
  const narrow = useNarrow();
  const contents: Partial<Record<Tab, React.ReactNode>> = {
    ...(narrow ? { layers: <LayersLater /> } : {}),
    region: <LayoutPanel />,
    picture: (
      <Later>
        <PicturePanels />
      </Later>
    ),
    sampling: (
      <Later>
        <SamplingPanel />
      </Later>
    ),
  };
  const tabs = (Object.keys(contents) as Tab[]).map((value) => ({
    value,
    label: words.shell[value],
    faulty: isFaulty(value, faults) ? words.shell.faulty : undefined,
    content: contents[value],
  }));
  return (
    <Tabs
      label={words.shell.inspector}
      value={tab === 'layers' && !narrow ? 'region' : tab}
      tabs={tabs}
      onChange={(next) => useSession.setState({ tab: next, sheetOpen: true })}
    >
      {narrow && <SheetHandle />}
    </Tabs>
  );
}

/** The column beside the canvas: layers, fields, and Generate. On a phone it is a sheet below the canvas. */
export function Inspector() {
  const narrow = useNarrow();
  const open = useSession((now) => now.sheetOpen);
  return (
    <aside className={styles.panel} aria-label={words.shell.panel} data-closed={(narrow && !open) || undefined}>
      {!narrow && (
        <div className={styles.layers}>
          <LayersLater />
        </div>
      )}
      <div className={styles.fields}>
        <Fields />
      </div>
      <GeneratePanel />
    </aside>
  );
}
