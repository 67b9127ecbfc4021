import { useState } from 'react';
import { spread } from '../../prompts/vocabulary';
import { words } from '../../words/words';
import { useModel } from '../jobs/useGenerate';
import styles from '../layout/layout.module.css';
import { suggest } from './promptFocus';

const AT_FIRST = 14; // phrases of a group

/** The model's own words, by group. A press inserts one into the prompt that was edited last. */
export function Suggestions() {
  const model = useModel();
  const [chosen, setChosen] = useState(0);
  const [all, setAll] = useState(false);
  const groups = model?.vocabulary ?? [];
  const group = groups[Math.min(chosen, groups.length - 1)];
  if (!model || !group) return null;
  return (
    <section className={styles.section} aria-label={words.prompts.known(model.title)}>
      <div className={styles.head}>
        <h2 className={styles.title}>{words.prompts.known(model.title)}</h2>
      </div>
      <div className={styles.groups} role="tablist" aria-label={words.prompts.groups}>
        {groups.map(({ name }, index) => (
          <button
            key={name}
            type="button"
            role="tab"
            aria-selected={index === chosen}
            aria-controls="suggestions"
            className={styles.groupName}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => {
              setChosen(index);
              setAll(false);
            }}
          >
            {name}
          </button>
        ))}
      </div>
      <div id="suggestions" role="tabpanel" aria-label={group.name} className={styles.chips}>
        {(all ? group.phrases : spread(group.phrases, AT_FIRST)).map((phrase) => (
          <button
            key={phrase}
            type="button"
            className={styles.chip}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => suggest(phrase)}
          >
            {phrase}
          </button>
        ))}
        {!all && group.phrases.length > AT_FIRST && (
          <button type="button" className={`${styles.chip} ${styles.more}`} onClick={() => setAll(true)}>
            {words.prompts.more(group.phrases.length - AT_FIRST)}
          </button>
        )}
      </div>
    </section>
  );
}
