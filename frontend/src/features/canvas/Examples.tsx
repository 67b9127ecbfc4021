import { useModels } from '../../api/queries';
import type { Kind } from '../../api/types';
import { EMPTY } from '../../document/draft';
import { examplesFor, titleOfExample, withExample } from '../../document/examples';
import { withJob } from '../../document/job';
import { edit } from '../../document/store';
import { select } from '../../session';
import { words } from '../../words/words';
import styles from './canvas.module.css';
import { Sketch } from './Sketch';

/** The examples that an empty canvas offers. */
export function Examples({ kind }: { kind: Kind }) {
  const examples = examplesFor(kind);
  const offered = useModels().data?.map(({ id }) => id) ?? [];
  return (
    <div className={styles.examples}>
      <p>{kind === 'custom' ? words.canvas.beginWithGraph : words.canvas.beginWith}</p>
      <div className={styles.cards} style={{ gridTemplateColumns: `repeat(${examples.length}, minmax(0, 216px))` }}>
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
            <Sketch draft={withJob(EMPTY, example.job)} />
            <span className={styles.cardTitle}>{titleOfExample(example)}</span>
            <span className={styles.cardSays}>{example.says}</span>
          </button>
        ))}
      </div>
    </div>
  );
}
