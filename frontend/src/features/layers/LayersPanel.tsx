import { useMemo } from 'react';
import { faultAt } from '../../api/problem';
import type { Kind } from '../../api/types';
import { placeOfPatch } from '../../document/flags';
import { placeOf } from '../../document/guides';
import { useDraft } from '../../document/store';
import { IconButton } from '../../ui/Button';
import { words } from '../../words/words';
import { insertBox } from '../canvas/commands';
import { useCell, useGenerate } from '../jobs/useGenerate';
import { LayerRow } from './LayerRow';
import { guideLayers, type Layer, ownLayers, startLayers } from './layers';
import styles from './layers.module.css';
import { SortableRows } from './SortableRows';

const SORTABLE: ReadonlySet<Kind> = new Set(['regions', 'panorama', 'illusion']);

/** Tells which layers have an error of the server. */
function useFaulty(): (layer: Layer) => boolean {
  const { sent, faults } = useGenerate();
  return ({ id, kind }) => {
    if (kind === 'start') return faultAt(faults, 'start') !== undefined;
    if (kind === 'guide') return id !== null && faultAt(faults, 'layout', 'guides', placeOf(sent, id)) !== undefined;
    if (kind !== 'patch' || id === null) return false;
    return faultAt(faults, 'layout', 'patches', placeOfPatch(sent, id)) !== undefined;
  };
}

interface RowsProps {
  layers: readonly Layer[];
  testId: string;
  sortable?: boolean;
}

function Rows({ layers, testId, sortable }: RowsProps) {
  const isFaulty = useFaulty();
  if (layers.length === 0) return null;
  return (
    <ul className={styles.list} data-testid={testId}>
      {sortable && layers.length > 1 ? (
        <SortableRows layers={layers} isFaulty={isFaulty} />
      ) : (
        layers.map((layer) => <LayerRow key={layer.id ?? 'background'} layer={layer} faulty={isFaulty(layer)} />)
      )}
    </ul>
  );
}

const isGround = ({ kind }: Layer): boolean => kind === 'background';

/** Everything that the picture is made of, the topmost first: what the layout has, its colour guides, and the picture
 * that it starts from. */
export function LayersPanel() {
  const draft = useDraft((now) => now.draft);
  const cell = useCell();
  const { own, guides, start } = useMemo(
    () => ({ own: ownLayers(draft), guides: guideLayers(draft), start: startLayers(draft) }),
    [draft],
  );
  const regions = draft.kind === 'regions';
  return (
    <section className={styles.panel} aria-label={words.layers.title} data-testid="layers" data-layers>
      <div className={styles.head}>
        <h2 className={styles.title}>{words.layers.title}</h2>
        {regions && (
          <IconButton
            label={words.layers.addBox}
            icon="plus"
            small
            data-testid="add-box"
            onClick={() => insertBox(cell)}
          />
        )}
      </div>
      {draft.kind === 'custom' && <p className={styles.none}>{words.layers.ofGraph}</p>}
      {regions && own.length === 1 && <p className={styles.none}>{words.layers.noBoxes}</p>}
      <Rows layers={own.filter((layer) => !isGround(layer))} testId="patch-list" sortable={SORTABLE.has(draft.kind)} />
      <Rows layers={guides} testId="guide-layers" />
      <Rows layers={[...own.filter(isGround), ...start]} testId="ground-layers" />
    </section>
  );
}
