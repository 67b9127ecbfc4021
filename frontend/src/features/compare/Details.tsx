import { useMemo } from 'react';
import type { JobResource, Output } from '../../api/types';
import { words } from '../../words/words';
import styles from './compare.module.css';
import { documentDifferences, valueWords, wordsOf } from './differences';
import { FIGURES, useFigures } from './useFigures';

const say = words.compare;

interface Shown {
  job: JobResource;
  output: Output | undefined;
}

interface DetailsProps {
  left: Shown;
  right: Shown;
}

/** The heads of the two pictures' columns. */
const Heads = () => (
  <>
    <th scope="col">{say.left}</th>
    <th scope="col">{say.right}</th>
  </>
);

/** What was measured of both pictures. */
function Figures({ left, right }: DetailsProps) {
  const [one, other] = [useFigures(left.job, left.output), useFigures(right.job, right.output)];
  return (
    <table className={styles.table} data-testid="compare-figures">
      <caption>{say.facts.title}</caption>
      <thead>
        <tr>
          <td />
          <Heads />
        </tr>
      </thead>
      <tbody>
        {FIGURES.map((name) => (
          <tr key={name} data-figure={name}>
            <th scope="row" title={(say.factSays as Readonly<Record<string, string>>)[name]}>
              {say.facts[name]}
            </th>
            <td>{one[name]}</td>
            <td>{other[name]}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Differences({ left, right }: DetailsProps) {
  const documents = useMemo(() => [left.job.spec, right.job.spec] as const, [left.job.spec, right.job.spec]);
  const found = useMemo(() => documentDifferences(...documents), [documents]);
  return (
    <table className={styles.table} data-testid="compare-differences">
      <caption>{say.differences}</caption>
      {found.length === 0 ? (
        <tbody>
          <tr>
            <td>{say.same}</td>
          </tr>
        </tbody>
      ) : (
        <>
          <thead>
            <tr>
              <th scope="col">{say.field}</th>
              <Heads />
            </tr>
          </thead>
          <tbody>
            {found.map(({ path, left: one, right: other }) => (
              <tr key={path.join('.')}>
                <th scope="row" title={path.join('.')}>
                  {wordsOf(path, documents)}
                </th>
                <td>{valueWords(one)}</td>
                <td>{valueWords(other)}</td>
              </tr>
            ))}
          </tbody>
        </>
      )}
    </table>
  );
}

/** The figures of two pictures, and the differences of their documents. */
export function Details(props: DetailsProps) {
  return (
    <div className={styles.details}>
      <Figures {...props} />
      <Differences {...props} />
    </div>
  );
}
