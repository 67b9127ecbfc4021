import { faultAt } from '../../api/problem';
import type { Draft } from '../../document/draft';
import { edit, useDraft } from '../../document/store';
import { Button } from '../../ui/Button';
import { SliderField } from '../../ui/SliderField';
import { insertBox } from '../canvas/commands';
import { useCell, useGenerate } from '../jobs/useGenerate';
import { Fold } from './Fold';
import styles from './layout.module.css';
import { PatchItem } from './PatchItem';
import { WholePrompt } from './WholePrompt';

/** The background's prompt, and a list of the drawn boxes with all actions that the canvas has. */
export function RegionsPanel() {
  const regions = useDraft((now) => now.draft.regions);
  const { patches, bootstrap } = regions;
  const { faults } = useGenerate();
  const cell = useCell();
  const change = (part: Partial<Draft['regions']>, name: string) =>
    edit((draft) => ({ ...draft, regions: { ...draft.regions, ...part } }), name);
  return (
    <>
      <section className={styles.section} aria-label="Background">
        <div className={styles.head}>
          <h2 className={styles.title}>Background</h2>
        </div>
        <WholePrompt
          label="Prompt of the background"
          words={regions}
          placeholder="For example: a meadow by day"
          onChange={change}
        />
      </section>
      <section className={styles.section} aria-label="Boxes">
        <div className={styles.head}>
          <h2 className={styles.title}>Boxes</h2>
          <Button look="quiet" small icon="plus" data-testid="add-box" onClick={() => insertBox(cell)}>
            Add a box
          </Button>
        </div>
        {patches.length === 0 && <p className={styles.empty}>Draw a box on the canvas, and say what it shows.</p>}
        <ol className={styles.list} data-testid="patch-list">
          {patches.map((patch, index) => (
            <PatchItem key={patch.id} patch={patch} index={index} count={patches.length} />
          ))}
        </ol>
        {patches.length > 0 && (
          <Fold summary="Bootstrapping" note={bootstrap > 0 ? `${Math.round(100 * bootstrap)} %` : undefined}>
            <SliderField
              label="Share of the steps"
              hint="First steps of a box over a plain colour, so that its object stays inside."
              value={bootstrap}
              error={faultAt(faults, 'layout', 'bootstrap')}
              testId="bootstrap"
              onChange={(share) => change({ bootstrap: share }, 'bootstrap')}
            />
          </Fold>
        )}
      </section>
    </>
  );
}
