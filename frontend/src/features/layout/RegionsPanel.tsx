import { faultAt } from '../../api/problem';
import type { Draft } from '../../document/draft';
import { placeOfPatch } from '../../document/flags';
import { edit, useDraft } from '../../document/store';
import { useSession } from '../../session';
import { SliderField } from '../../ui/SliderField';
import { useGenerate } from '../jobs/useGenerate';
import { Fold } from './Fold';
import styles from './layout.module.css';
import { PatchEditor } from './PatchEditor';
import { WholePrompt } from './WholePrompt';

const change = (part: Partial<Draft['regions']>, name: string) =>
  edit((draft) => ({ ...draft, regions: { ...draft.regions, ...part } }), name);

/** The background's prompt, and how boxes are bootstrapped. */
function Background() {
  const regions = useDraft((now) => now.draft.regions);
  const { patches, bootstrap } = regions;
  const { faults } = useGenerate();
  return (
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
  );
}

/** The fields of the chosen box, or else of the background. */
export function RegionsPanel() {
  const patches = useDraft((now) => now.draft.regions.patches);
  const selected = useSession((now) => now.selected);
  const place = useDraft((now) => (selected === null ? -1 : placeOfPatch(now.draft, selected)));
  const index = patches.findIndex(({ id }) => id === selected);
  const patch = patches[index];
  if (!patch) return <Background />;
  return (
    <section key={patch.id} className={styles.section} aria-label="Box" data-testid="box-fields">
      <PatchEditor patch={patch} place={place} index={index} count={patches.length} />
    </section>
  );
}
