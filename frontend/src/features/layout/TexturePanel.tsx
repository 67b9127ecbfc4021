import type { Draft } from '../../document/draft';
import { edit, useDraft } from '../../document/store';
import { words } from '../../words/words';
import styles from './layout.module.css';
import { WholePrompt } from './WholePrompt';

const change = (part: Partial<Draft['texture']>, name: string) =>
  edit((draft) => ({ ...draft, texture: { ...draft.texture, ...part } }), name);

/** The fields of a texture: its prompt. */
export function TexturePanel() {
  const texture = useDraft((now) => now.draft.texture);
  return (
    <section className={styles.section} aria-label={words.kinds.texture.name}>
      <div className={styles.head}>
        <h2 className={styles.title}>{words.kinds.texture.name}</h2>
      </div>
      <p className={styles.about}>{words.layout.textureSays}</p>
      <WholePrompt
        label={words.terms.prompt}
        texts={texture}
        placeholder={words.layout.exampleWaves}
        onChange={change}
      />
    </section>
  );
}
