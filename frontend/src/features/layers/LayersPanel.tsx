import { useMemo } from 'react';
import { faultAt } from '../../api/problem';
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

interface GroupProps {
  layers: readonly Layer[];
  testId: string;
}

function Group({ layers, testId }: GroupProps) {
  const faulty = useFaulty();
  if (layers.length === 0) return null;
  return (
    <ul className={styles.list} data-testid={testId}>
      {layers.map((layer) => (
        <LayerRow
          key={layer.id ?? 'background'}
          layer={layer}
          faulty={faulty(layer)}
          testId={layer.kind === 'patch' ? `patch-${layer.id}` : `layer-${layer.id ?? 'background'}`}
        />
      ))}
    </ul>
  );
}

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
    <section className={styles.panel} aria-label={words.layers.title} data-testid="layers">
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
      <Group layers={own.filter(({ kind }) => kind !== 'background')} testId="patch-list" />
      <Group layers={guides} testId="guide-layers" />
      <Group layers={[...own.filter(({ kind }) => kind === 'background'), ...start]} testId="ground-layers" />
    </section>
  );
}
