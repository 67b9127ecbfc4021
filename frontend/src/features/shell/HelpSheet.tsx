import { Fragment } from 'react';
import { shownKeys } from '../../actions/chord';
import { words } from '../../words/words';
import { allActions } from './allActions';
import styles from './help.module.css';

type Row = readonly [keys: readonly string[], says: string];

/** The actions that have keys, by the part of their id before the point. */
function groups(): [title: string, rows: Row[]][] {
  const all = allActions().filter(({ keys }) => keys?.length);
  const titles: Readonly<Record<string, string>> = words.help.groups;
  const names = [...new Set(all.map(({ id }) => id.split('.')[0] ?? ''))];
  return names.map((name) => [
    titles[name] ?? words.help.others,
    all.filter(({ id }) => id.startsWith(`${name}.`)).map(({ keys = [], label }) => [keys.map(shownKeys), label]),
  ]);
}

function Keys({ rows }: { rows: readonly Row[] }) {
  return (
    <dl className={styles.keys}>
      {rows.map(([keys, says]) => (
        <Fragment key={says}>
          <dt>
            {keys.map((key) => (
              <kbd key={key}>{key}</kbd>
            ))}
          </dt>
          <dd>{says}</dd>
        </Fragment>
      ))}
    </dl>
  );
}

const sheets = () =>
  [
    [words.help.onCanvas, words.help.canvasKeys],
    [words.help.whilePainting, words.help.brushKeys],
    [words.help.onPanorama, words.help.panoramaKeys],
    [words.help.inGallery, words.help.galleryKeys],
  ] as const;

/** All keys of the studio: those of the actions, and those of the canvas and the gallery while they have the focus. */
export function HelpSheet() {
  return (
    <div className={styles.help} data-testid="help">
      {groups().map(([title, rows]) => (
        <section key={title}>
          <h3 className={styles.subtitle}>{title}</h3>
          <Keys rows={rows} />
        </section>
      ))}
      {sheets().map(([title, rows]) => (
        <section key={title}>
          <h3 className={styles.subtitle}>{title}</h3>
          <Keys rows={rows.map(([key, says]) => [[key], says])} />
        </section>
      ))}
    </div>
  );
}
