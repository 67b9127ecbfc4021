import type { Kind } from '../../api/types';
import { EXAMPLES, type Example } from '../../document/examples';
import { edit } from '../../document/store';
import { select } from '../../session';
import styles from './canvas.module.css';
import { SKETCHES } from './sketches';

function open({ draft }: Example): void {
  const { kind } = draft;
  edit((now) => ({ ...now, kind, [kind]: draft[kind] }));
  select(null);
}

/** What an empty canvas offers: layouts to begin with. */
export function Examples({ kind }: { kind: Kind }) {
  const examples = EXAMPLES[kind];
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
            onClick={() => open(example)}
          >
            <svg className={styles.sketch} viewBox="0 0 216 56" preserveAspectRatio="none" aria-hidden="true">
              {SKETCHES[example.id]}
            </svg>
            <span className={styles.cardTitle}>{example.title}</span>
            <span className={styles.cardSays}>{example.says}</span>
          </button>
        ))}
      </div>
    </div>
  );
}
