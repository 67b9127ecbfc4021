import { graphOf } from '../../document/graph';
import { useDraft } from '../../document/store';
import { useSession } from '../../session';
import { Button } from '../../ui/Button';
import controls from '../../ui/controls.module.css';
import { words } from '../../words/words';
import { BeginFrom } from '../graph/BeginFrom';
import { useGenerate } from '../jobs/useGenerate';
import styles from './layout.module.css';

/** The errors of the graph: those of its JSON, or else the server's, each with its place. */
function useFaults(text: string): string[] {
  const { faults, problem } = useGenerate();
  const { error } = graphOf(text);
  if (error) return text.trim() === '' ? [] : [error];
  const said = faults.map(({ message, location }) => [location.slice(2).join('.'), message].filter(Boolean).join(': '));
  return said.length > 0 || !problem ? said : [problem.message];
}

/** A graph of one's own: where it is edited, and what is wrong with it. */
export function CustomPanel() {
  const { text } = useDraft((now) => now.draft.custom);
  const shown = useSession((now) => now.view === 'graph');
  const faults = useFaults(text);
  return (
    <section className={styles.section} aria-label={words.graph.title}>
      <div className={styles.head}>
        <h2 className={styles.title}>{words.graph.title}</h2>
        {!shown && <BeginFrom className={styles.source} />}
      </div>
      <p className={styles.about}>{words.graph.describe}</p>
      {!shown && (
        <Button icon="graph" data-testid="graph-open" onClick={() => useSession.setState({ view: 'graph' })}>
          {words.graph.open}
        </Button>
      )}
      <ul className={styles.faults} aria-live="polite" data-testid="graph-faults">
        {faults.map((fault) => (
          <li key={fault} className={controls.error}>
            {fault}
          </li>
        ))}
      </ul>
    </section>
  );
}
