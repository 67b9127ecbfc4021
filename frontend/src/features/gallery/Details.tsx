import type { JobResource } from '../../api/types';
import { Button, IconButton } from '../../ui/Button';
import { Menu } from '../../ui/Menu';
import { words } from '../../words/words';
import { comparePair, compareWith } from '../compare/state';
import { layersEntries } from '../export/layers';
import { seedNumbersOf, titleOf, titleOfOutput } from '../jobs/words';
import { download, openLayout, restore, setFavourite, showOnCanvas, trash } from './changes';
import styles from './gallery.module.css';
import { Tags } from './Tags';
import { Thumbnail } from './Thumbnail';

const said = words.gallery;
function Facts({ job }: { job: JobResource }) {
  const [output] = job.outputs;
  const { layout, sampling } = job.spec;
  const facts = [
    [said.layout, words.kinds[layout.kind].name],
    [said.model, sampling.model],
    [said.size, output && words.numbers.size(output.width, output.height)],
    [said.seed, seedNumbersOf(job.spec)],
    [
      said.made,
      `${words.numbers.when(new Date(job.created_at))}${job.seconds ? `, ${words.numbers.duration(job.seconds)}` : ''}`,
    ],
  ];
  return (
    <dl className={styles.facts}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function One({ job }: { job: JobResource }) {
  const [output] = job.outputs;
  return (
    <>
      {output && (
        <div className={styles.large}>
          <Thumbnail output={output} size={512} />
        </div>
      )}
      {job.outputs.length > 1 && (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields of a form
        <div className={styles.outputs} role="group" aria-label={said.outputs}>
          {job.outputs.map((one) => (
            <button
              key={one.name}
              type="button"
              className={styles.output}
              aria-label={titleOfOutput(one, job.spec)}
              title={titleOfOutput(one, job.spec)}
              data-testid="gallery-output"
              onClick={() => showOnCanvas(job, one.name)}
            >
              <Thumbnail output={one} />
            </button>
          ))}
        </div>
      )}
      <p className={styles.title}>{titleOf(job.spec)}</p>
      <Facts job={job} />
    </>
  );
}

/** Compare one picture with another that is chosen next, or two that are selected. */
function Compare({ jobs: [first, second, ...more] }: { jobs: readonly JobResource[] }) {
  if (!first || more.length > 0 || ![first, second ?? first].every(({ outputs }) => outputs.length > 0)) return null;
  const compare = () => (second ? comparePair(first.id, second.id) : compareWith(first.id));
  return (
    <Button icon="compare" data-testid="compare-selected" onClick={compare}>
      {second ? words.compare.compareTwo : words.compare.with}
    </Button>
  );
}

interface DetailsProps {
  jobs: readonly JobResource[];
  inTrash: boolean;
  onClose: () => void;
}

/** What is selected, and what can be done with it. */
export function Details({ jobs, inTrash, onClose }: DetailsProps) {
  const [first] = jobs;
  if (!first) {
    return (
      <section className={`${styles.details} ${styles.unselected}`} aria-label={said.selection}>
        <p className={styles.quiet}>{said.nothingSelected}</p>
      </section>
    );
  }
  const one = jobs.length === 1;
  const ids = jobs.map(({ id }) => id);
  const favourite = jobs.every((job) => job.favourite);
  return (
    <section className={styles.details} aria-label={said.selection} data-testid="details">
      <div className={styles.detailsHead}>
        <strong role="status" data-testid="selected-count">
          {said.selected(jobs.length)}
        </strong>
        <IconButton small label={said.deselect} icon="close" data-testid="deselect" onClick={onClose} />
      </div>
      {one && <One job={first} />}
      <div className={styles.acts}>
        {one && !inTrash && (
          <>
            <Button icon="picture" data-testid="show-on-canvas" onClick={() => showOnCanvas(first)}>
              {said.showOnCanvas}
            </Button>
            <Button icon="open" data-testid="open-layout" onClick={() => openLayout(first)}>
              {said.openLayout}
            </Button>
          </>
        )}
        {inTrash ? (
          <Button icon="undo" data-testid="restore" onClick={() => restore(ids)}>
            {said.restore}
          </Button>
        ) : (
          <>
            <Compare jobs={jobs} />
            <Button icon="star" aria-pressed={favourite} onClick={() => setFavourite(jobs, !favourite)}>
              {favourite ? said.removeFavourite : said.addFavourite}
            </Button>
            <Button icon="download" data-testid="download-selected" onClick={() => download(jobs)}>
              {one ? said.download : said.downloadMany(jobs.length)}
            </Button>
            {one && first.outputs[0] && (
              <Menu
                label={words.layersOut.menu}
                testId="export-layers"
                entries={layersEntries(first, first.outputs[0])}
              >
                {words.layersOut.menu}
              </Menu>
            )}
            <Button icon="trash" look="danger" data-testid="delete-selected" onClick={() => trash(ids)}>
              {said.delete}
            </Button>
          </>
        )}
      </div>
      {!inTrash && (
        <>
          <h3 className={styles.heading}>{said.tags}</h3>
          <Tags jobs={jobs} />
        </>
      )}
    </section>
  );
}
