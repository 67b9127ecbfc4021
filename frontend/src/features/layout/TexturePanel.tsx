import type { Draft } from '../../document/draft';
import { edit, useDraft } from '../../document/store';
import styles from './layout.module.css';
import { WholePrompt } from './WholePrompt';

const change = (part: Partial<Draft['texture']>, name: string) =>
  edit((draft) => ({ ...draft, texture: { ...draft.texture, ...part } }), name);

/** The fields of a texture: its prompt. */
export function TexturePanel() {
  const words = useDraft((now) => now.draft.texture);
  return (
    <section className={styles.section} aria-label="Texture">
      <div className={styles.head}>
        <h2 className={styles.title}>Texture</h2>
      </div>
      <p className={styles.about}>
        A picture that tiles without a seam: opposite edges meet. Once it is done, you can look at four tiles together.
      </p>
      <WholePrompt label="Prompt" words={words} placeholder="For example: waves on the sea" onChange={change} />
    </section>
  );
}
