import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api, body } from '../../api/client';
import { ApiProblem } from '../../api/problem';
import type { components } from '../../api/schema';
import { addressOf } from '../../api/server';
import type { Job } from '../../api/types';
import { canvasOf, EMPTY } from '../../document/draft';
import { withJob } from '../../document/job';
import { promptsOf } from '../../document/prompts';
import { colourOf } from '../../geometry/colour';
import controls from '../../ui/controls.module.css';
import { Icon } from '../../ui/icons';
import { useThemeOnDocument } from '../../ui/theme';
import { Unanswered } from '../../ui/Unanswered';
import { words } from '../../words/words';
import { titleOf, titleOfOutput } from '../jobs/words';
import { copyOf } from './links';
import { Outline } from './Outline';
import styles from './shared.module.css';

type SharedJob = components['schemas']['SharedJob'];
type SharedLayout = components['schemas']['SharedLayout'];

const said = words.sharing;

function Prompts({ document }: { document: Job }) {
  return (
    <section className={styles.part} aria-labelledby="prompts">
      <h2 id="prompts" className={styles.heading}>
        {said.prompts}
      </h2>
      <ul className={styles.prompts}>
        {promptsOf(document.layout).map(({ id, prompt }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes, and prompts may be equal
          <li key={index} data-testid="shared-prompt">
            <span className={styles.dot} style={id ? { background: colourOf(id) } : {}} aria-hidden="true" />
            <span dir="auto">{prompt}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The size of a shared job's first picture, and that of a layout's canvas. */
const sizeOf = (shared: SharedJob | SharedLayout) =>
  (shared.kind === 'job' && shared.pictures[0]) || canvasOf(withJob(EMPTY, shared.document));

function Facts({ shared }: { shared: SharedJob | SharedLayout }) {
  const { width, height } = sizeOf(shared);
  const { layout, sampling } = shared.document;
  const at = shared.kind === 'job' ? shared.finished_at : shared.updated_at;
  const facts = [
    [words.gallery.layout, words.kinds[layout.kind].name],
    [words.gallery.size, words.numbers.size(width, height)],
    [words.gallery.model, sampling.model],
    [said.steps, sampling.steps == null ? null : words.numbers.whole(sampling.steps)],
    [words.gallery.seed, sampling.seed == null ? null : String(sampling.seed)],
    [said.date, words.numbers.when(new Date(at))],
  ];
  return (
    <dl className={styles.facts}>
      {facts
        .filter(([, value]) => value)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd dir="auto">{value}</dd>
          </div>
        ))}
    </dl>
  );
}

function Pictures({ shared: { document, pictures } }: { shared: SharedJob }) {
  return pictures.map((picture) => {
    const title = pictures.length > 1 ? titleOfOutput(picture, document) : null;
    return (
      <figure key={picture.name} className={styles.figure}>
        <img
          className={styles.picture}
          src={addressOf(picture.url)}
          width={picture.width}
          height={picture.height}
          alt={titleOf(document)}
          data-testid="shared-picture"
        />
        <figcaption className={styles.caption}>
          <span>{title}</span>
          <a
            className={controls.button}
            href={addressOf(picture.url)}
            download={`inlay-${picture.name}.png`}
            data-testid="shared-download"
          >
            <Icon name="download" />
            {words.jobs.download}
          </a>
        </figcaption>
      </figure>
    );
  });
}

function Shown({ shared, token }: { shared: SharedJob | SharedLayout; token: string }) {
  const { document } = shared;
  const name = shared.kind === 'layout' ? shared.name : titleOf(document);
  useEffect(() => {
    window.document.title = said.pageTitle(name);
  }, [name]);
  const urlOf = (upload: string) => addressOf(`/api/shared/${encodeURIComponent(token)}/uploads/${upload}`);
  return (
    <>
      <div className={styles.head}>
        <h1 className={styles.title} dir="auto" data-testid="shared-title">
          {name}
        </h1>
        <a className={`${controls.button} ${styles.copy}`} href={copyOf(token)} data-testid="shared-copy">
          <Icon name="open" />
          {said.openCopy}
        </a>
      </div>
      {shared.kind === 'job' ? <Pictures shared={shared} /> : <Outline document={document} name={name} urlOf={urlOf} />}
      <div className={styles.columns}>
        <Prompts document={document} />
        <Facts shared={shared} />
      </div>
    </>
  );
}

/** The page of a link: what it shares, for people who need no key. */
export default function SharedPage({ token }: { token: string }) {
  useThemeOnDocument();
  const { data, error, refetch } = useQuery({
    queryKey: ['shared', token],
    queryFn: () => api.GET('/api/shared/{token}', { params: { path: { token } } }).then(body),
    retry: false,
  });
  const gone = error instanceof ApiProblem && (error.status === 404 || error.status === 422);
  return (
    <main className={styles.page} data-testid="shared">
      {data ? (
        <Shown shared={data} token={token} />
      ) : gone ? (
        <p className={styles.gone} role="alert" data-testid="shared-gone">
          {said.gone}
        </p>
      ) : (
        <Unanswered error={error} onAgain={() => refetch()} />
      )}
    </main>
  );
}
