import { useModels } from '../../api/queries';
import type { Kind } from '../../api/types';
import { examplesFor, titleOfExample, withExample } from '../../document/examples';
import { edit } from '../../document/store';
import { select } from '../../session';
import { words } from '../../words/words';
import styles from './canvas.module.css';
import { thumbnailOf } from './thumbnail';

/** The examples that an empty canvas offers. */
export function Examples({ kind }: { kind: Kind }) {
  const examples = examplesFor(kind);
  const offered = useModels().data?.map(({ id }) => id) ?? [];
  return (
    <div className={styles.examples}>
      <p>{kind === 'custom' ? words.canvas.beginWithGraph : words.canvas.beginWith}</p>
      <div className={styles.cards}>
        {examples.map((example) => (
          <button
            key={example.id}
            type="button"
            className={styles.card}
            data-testid={`example-${example.id}`}
            onClick={() => {
              edit((draft) => withExample(draft, example, offered));
              select(null);
            }}
          >
            <img
              {...thumbnailOf(example)}
              className={styles.thumbnail}
              alt={words.canvas.pictureOf(example.says)}
              loading="lazy"
              decoding="async"
            />
            <span className={styles.cardTitle}>{titleOfExample(example)}</span>
            <span className={styles.cardSays} aria-hidden="true">
              {example.says}
            </span>
          </button>
        ))}
      </div>
    </div>
  );
}
