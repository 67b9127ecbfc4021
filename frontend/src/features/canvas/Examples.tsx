import { useModels } from '../../api/queries';
import type { Kind } from '../../api/types';
import { EMPTY } from '../../document/draft';
import { examplesFor, withExample } from '../../document/examples';
import { withJob } from '../../document/job';
import { edit } from '../../document/store';
import { select } from '../../session';
import styles from './canvas.module.css';
import { Sketch } from './Sketch';

/** The examples that an empty canvas offers. */
export function Examples({ kind }: { kind: Kind }) {
  const examples = examplesFor(kind);
  const offered = useModels().data?.map(({ id }) => id) ?? [];
  return (
    <div className={styles.examples}>
      <p>Begin with an example, or write {kind === 'custom' ? 'a graph' : 'a prompt'}.</p>
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
            <span className={styles.cardTitle}>{example.title}</span>
            <span className={styles.cardSays}>{example.says}</span>
          </button>
        ))}
      </div>
    </div>
  );
}
