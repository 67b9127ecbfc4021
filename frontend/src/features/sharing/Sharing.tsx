import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, body } from '../../api/client';
import { ApiProblem } from '../../api/problem';
import { queries } from '../../api/queries';
import type { SharedLink } from '../../api/types';
import { Button } from '../../ui/Button';
import { writeToClipboard } from '../../ui/clipboard';
import controls from '../../ui/controls.module.css';
import { DaysField } from '../../ui/DaysField';
import rows from '../../ui/rows.module.css';
import { toast } from '../../ui/toasts';
import { Unanswered } from '../../ui/Unanswered';
import { stopsAtUnfit } from '../../ui/unfit';
import { useOnce } from '../../ui/useOnce';
import { words } from '../../words/words';
import { pageOf } from './links';
import styles from './sharing.module.css';
import type { Shareable } from './state';

const said = words.sharing;
const when = (moment: string) => words.numbers.when(new Date(moment));

const copy = async (link: string) => toast((await writeToClipboard(link)) ? said.copied : said.noCopying);

function Row({ link, onTakeBack }: { link: SharedLink; onTakeBack: () => void }) {
  return (
    <li className={rows.row} data-testid="link">
      <span>
        {said.madeAt(when(link.created_at))} · {link.expires_at ? said.until(when(link.expires_at)) : said.noEnd}
      </span>
      <Button
        small
        look="danger"
        icon="close"
        aria-label={said.takeBackLink(when(link.created_at))}
        data-testid="take-back"
        onClick={onTakeBack}
      >
        {said.takeBack}
      </Button>
    </li>
  );
}

function NewLink({ link }: { link: string }) {
  return (
    <div className={styles.part} role="status">
      <p>{said.newLinkSays}</p>
      <label className={controls.field}>
        <span className={controls.label}>{said.newLink}</span>
        <input
          className={`${controls.input} ${rows.secret}`}
          readOnly
          value={link}
          data-testid="new-link"
          onFocus={(event) => event.target.select()}
        />
      </label>
      <Button icon="copy" data-testid="copy-link" onClick={() => copy(link)}>
        {said.copy}
      </Button>
    </div>
  );
}

/** The links to a job or a saved layout: a form that makes one, and the list of those that exist. */
export default function Sharing({ kind, id }: Shareable) {
  const queryKey = ['links', kind, id];
  const [days, setDays] = useState<number | null>(null);
  const [made, setMade] = useState<string | null>(null);
  const { data, error, refetch } = useQuery({
    queryKey,
    queryFn: () => api.GET('/api/links', { params: { query: { [kind]: id } } }).then(body),
    select: ({ items }) => items,
  });

  async function act(doing: () => Promise<unknown>): Promise<void> {
    try {
      await doing();
    } catch (error) {
      toast(error instanceof ApiProblem ? error.message : said.failed);
    }
    queries.invalidateQueries({ queryKey });
  }

  const make = async () => {
    const path = kind === 'job' ? '/api/jobs/{id}/links' : '/api/layouts/{id}/links';
    const { url } = await api.POST(path, { params: { path: { id } }, body: { days } }).then(body);
    setMade(pageOf(url.slice(url.lastIndexOf('/') + 1)));
  };
  const making = useOnce(() => act(make));
  const takeBack = async (link: string) => {
    setMade(null);
    await api.DELETE('/api/links/{id}', { params: { path: { id: link } } });
  };

  return (
    <div className={styles.sharing} data-testid="sharing">
      <p>{said.says[kind]}</p>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (!stopsAtUnfit(event.currentTarget)) making.run();
        }}
      >
        <DaysField label={said.days} placeholder={said.never} value={days} testId="link-days" onCommit={setDays} />
        <Button type="submit" icon="link" disabled={making.doing} data-testid="make-link">
          {said.make}
        </Button>
      </form>
      {made && <NewLink link={made} />}
      <section className={styles.part} aria-label={said.links[kind]}>
        {data === undefined && <Unanswered error={error} onAgain={() => refetch()} />}
        {data?.length === 0 && <p className={styles.says}>{said.none[kind]}</p>}
        <ul className={rows.list}>
          {data?.map((link) => (
            <Row key={link.id} link={link} onTakeBack={() => act(() => takeBack(link.id))} />
          ))}
        </ul>
      </section>
    </div>
  );
}
