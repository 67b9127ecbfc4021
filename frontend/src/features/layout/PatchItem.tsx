import type { CSSProperties } from 'react';
import { faultAt } from '../../api/problem';
import type { Patch } from '../../api/types';
import { placeOfPatch } from '../../document/flags';
import { useDraft } from '../../document/store';
import { colourOf } from '../../geometry/colour';
import { select, useSession } from '../../session';
import { useGenerate } from '../jobs/useGenerate';
import styles from './layout.module.css';
import { PatchEditor } from './PatchEditor';
import { useBrought } from './useBrought';

/** One box in the list. The chosen box shows all its fields. */
export function PatchItem({ patch, index, count }: { patch: Patch; index: number; count: number }) {
  const { faults } = useGenerate();
  const open = useSession((now) => now.selected === patch.id);
  const { id, prompt, box } = patch;
  const item = useBrought(open);
  const place = useDraft((now) => placeOfPatch(now.draft, id));
  const fault = faultAt(faults, 'layout', 'patches', place);
  return (
    <li
      ref={item}
      className={styles.item}
      style={{ '--colour': colourOf(id) } as CSSProperties}
      data-testid={`patch-${id}`}
      data-selected={open || undefined}
      data-faulty={fault ? true : undefined}
      onPointerEnter={() => useSession.setState({ hovered: id })}
      onPointerLeave={() => useSession.setState({ hovered: null })}
    >
      <button type="button" className={styles.row} aria-expanded={open} onClick={() => select(open ? null : id)}>
        <span className={styles.dot} />
        <span className={`${styles.name} ${prompt ? '' : styles.muted}`}>{prompt || 'no prompt yet'}</span>
        <span className={styles.dims}>{box ? `${box.width} × ${box.height}` : 'mask'}</span>
      </button>
      {open && <PatchEditor patch={patch} place={place} index={index} count={count} />}
    </li>
  );
}
