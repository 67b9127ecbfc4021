import { faultAt } from '../../api/problem';
import type { Draft } from '../../document/draft';
import { placeOfPatch } from '../../document/flags';
import { edit, useDraft } from '../../document/store';
import { useSession } from '../../session';
import { SliderField } from '../../ui/SliderField';
import { words } from '../../words/words';
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
    <section className={styles.section} aria-label={words.terms.background}>
      <div className={styles.head}>
        <h2 className={styles.title}>{words.terms.background}</h2>
      </div>
      <WholePrompt
        label={words.layout.promptOfBackground}
        texts={regions}
        placeholder={words.layout.exampleMeadow}
        onChange={change}
      />
      {patches.length > 0 && (
        <Fold summary={words.terms.bootstrapping} note={bootstrap > 0 ? `${Math.round(100 * bootstrap)} %` : undefined}>
          <SliderField
            label={words.layout.shareOfSteps}
            hint={words.layout.bootstrappingHint}
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
    <section key={patch.id} className={styles.section} aria-label={words.layout.box} data-testid="box-fields">
      <PatchEditor patch={patch} place={place} index={index} count={patches.length} />
    </section>
  );
}
