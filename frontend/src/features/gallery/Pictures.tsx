import { useCallback, useDeferredValue, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { ApiProblem } from '../../api/problem';
import type { JobResource } from '../../api/types';
import { AskAgain } from '../../ui/AskAgain';
import { Button } from '../../ui/Button';
import { useNarrow } from '../../ui/useMedia';
import { useStanding } from '../../ui/useStanding';
import { words } from '../../words/words';
import { Details } from './Details';
import { Filters, Search } from './Filters';
import { Grid } from './Grid';
import styles from './gallery.module.css';
import { NOTHING, type Selection, without } from './selection';
import { refreshTop, useGallery, useNewPictures } from './useGallery';
import { EVERYTHING, queryOf, type Wanted } from './wanted';

const said = words.gallery;
const TYPING = 250; // milliseconds without a key before the server is asked
const NONE: JobResource[] = [];

/** What is wanted, once the visitor has stopped typing. */
function useSettled(wanted: Wanted): Wanted {
  const [settled, setSettled] = useState(wanted);
  const typing = wanted.words !== settled.words;
  useEffect(() => {
    const timer = setTimeout(() => setSettled(wanted), typing ? TYPING : 0);
    return () => clearTimeout(timer);
  }, [wanted, typing]);
  return settled;
}

/** The selection among these jobs. Jobs that leave the list leave the selection; after a deletion the focus goes on. */
function useSelection(jobs: readonly JobResource[]) {
  const [selection, setSelection] = useState<Selection>(NOTHING);
  const before = useRef<string[]>([]);
  // In the same task as the deletion: a key that is pressed right after it must find the focus.
  useLayoutEffect(() => {
    const now = new Set(jobs.map(({ id }) => id));
    const gone = new Set(before.current.filter((id) => !now.has(id)));
    if (gone.size > 0) {
      const order = before.current;
      setSelection((selected) => without(order, selected, gone));
    }
    before.current = [...now];
  }, [jobs]);
  return [selection, setSelection] as const;
}

function Empty({ wanted, onReset }: { wanted: Wanted; onReset: () => void }) {
  const filtered = JSON.stringify(queryOf(wanted)) !== JSON.stringify(queryOf({ ...EVERYTHING, show: wanted.show }));
  const says = { all: said.none, favourites: said.noFavourite, trash: said.noTrash }[wanted.show];
  return (
    <div className={styles.empty} data-testid="gallery-empty">
      <p>{filtered ? said.noneFits : says}</p>
      {(filtered || wanted.show !== 'all') && <Button onClick={onReset}>{said.reset}</Button>}
    </div>
  );
}

function Failed({ error, asking, onAgain }: { error: Error; asking: boolean; onAgain: () => void }) {
  return (
    <div className={styles.empty} role="alert" data-testid="gallery-failed">
      <p>{said.failed}</p>
      {error instanceof ApiProblem && <p className={styles.quiet}>{error.message}</p>}
      <AskAgain asking={asking} onClick={onAgain} />
    </div>
  );
}

/** All pictures: searched, filtered, selected, marked, deleted and downloaded. */
export function Pictures() {
  const [wanted, setWanted] = useState(EVERYTHING);
  const settled = useSettled(wanted);
  const {
    data,
    error: newest,
    isPending,
    isFetching,
    hasNextPage,
    isFetchNextPageError,
    fetchNextPage,
    refetch,
  } = useGallery(settled);
  const error = useStanding(newest, data !== undefined, JSON.stringify(settled));
  const jobs = useDeferredValue(data ?? NONE);
  const [selection, setSelection] = useSelection(jobs);
  const narrow = useNarrow();
  const top = useRef(0);
  useNewPictures(useCallback(() => top.current < 100, []));
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetching && !isFetchNextPageError) fetchNextPage();
  }, [hasNextPage, isFetching, isFetchNextPageError, fetchNextPage]);
  const isGone = error instanceof ApiProblem && error.status === 404; // the picture that the next page follows
  const askForMore = () => (isGone ? refreshTop() : fetchNextPage());
  const chosen = useMemo(() => jobs.filter(({ id }) => selection.chosen.has(id)), [jobs, selection.chosen]);
  const change = (part: Partial<Wanted>) => setWanted((now) => ({ ...now, ...part }));
  return (
    <div className={styles.pictures} data-testid="gallery" aria-busy={isFetching}>
      <div className={styles.toolbar}>
        <Search wanted={wanted} onChange={change} />
        <Filters wanted={wanted} onChange={change} />
      </div>
      {error && isFetchNextPageError && jobs.length > 0 && (
        <p className={styles.note} role="alert" data-testid="more-failed">
          {said.moreFailed} {error.message} <AskAgain small asking={isFetching} onClick={askForMore} />
        </p>
      )}
      {wanted.show === 'trash' && <p className={styles.note}>{said.trashHint}</p>}
      <div className={styles.body}>
        {error && jobs.length === 0 ? (
          <Failed error={error} asking={isFetching} onAgain={() => refetch()} />
        ) : isPending ? (
          <p className={styles.empty} role="status">
            {said.loading}
          </p>
        ) : jobs.length === 0 ? (
          <Empty wanted={settled} onReset={() => setWanted(EVERYTHING)} />
        ) : (
          <Grid
            jobs={jobs}
            selection={selection}
            onSelect={setSelection}
            pressShows={narrow}
            inTrash={settled.show === 'trash'}
            onEnd={onEnd}
            onScroll={(now) => {
              top.current = now;
            }}
          />
        )}
        <Details
          jobs={chosen}
          inTrash={settled.show === 'trash'}
          onClose={() => setSelection((now) => ({ ...now, chosen: new Set() }))}
        />
      </div>
    </div>
  );
}
