import { faultAt } from '../../api/problem';
import type { Draft } from '../../document/draft';
import { edit, useDraft } from '../../document/store';
import { useGenerate } from '../jobs/useGenerate';
import { Fold } from './Fold';
import styles from './layout.module.css';
import { PromptField } from './PromptField';

const change = (part: Partial<Draft['texture']>, name: string) =>
  edit((draft) => ({ ...draft, texture: { ...draft.texture, ...part } }), name);

/** A texture: its prompt. */
export function TexturePanel() {
  const { prompt, negative_prompt } = useDraft((now) => now.draft.texture);
  const { faults } = useGenerate();
  return (
    <section className={styles.section} aria-label="Texture">
      <div className={styles.head}>
        <h2 className={styles.title}>Texture</h2>
      </div>
      <p className={styles.about}>
        The picture tiles: it goes on over all four edges. Look at four tiles together once it is done.
      </p>
      <PromptField
        label="Prompt"
        hideLabel
        value={prompt}
        placeholder="waves on the sea"
        error={faultAt(faults, 'layout', 'prompt')}
        testId="prompt"
        onChange={(text) => change({ prompt: text }, 'prompt')}
      />
      <Fold summary="To keep out of the whole picture">
        <PromptField
          label="Negative prompt"
          short
          value={negative_prompt}
          onChange={(text) => change({ negative_prompt: text }, 'negative')}
        />
      </Fold>
    </section>
  );
}
