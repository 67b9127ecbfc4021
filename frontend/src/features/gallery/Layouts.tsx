import { type FormEvent, useRef, useState } from 'react';
import { useModels } from '../../api/queries';
import { isUnprompted } from '../../document/draft';
import { Button } from '../../ui/Button';
import controls from '../../ui/controls.module.css';
import { Menu } from '../../ui/Menu';
import { Unanswered } from '../../ui/Unanswered';
import { useOnce } from '../../ui/useOnce';
import { words } from '../../words/words';
import { useGenerate } from '../jobs/useGenerate';
import { titleOf } from '../jobs/words';
import { share } from '../sharing/state';
import styles from './gallery.module.css';
import {
  changeLayout,
  copyLink,
  deleteLayout,
  exportLayout,
  importLayout,
  openLayout,
  type SavedLayout,
  saveLayout,
  useLayouts,
} from './layouts';

const said = words.gallery;
const LONGEST = 120; // characters of a name
interface NameProps {
  value: string;
  testId: string;
  /** False while nothing can be saved yet. */
  ready?: boolean;
  /** Saves under this name; true if that succeeds. */
  onSave: (name: string) => Promise<boolean>;
}

/** A field for a name, with a button that saves it. It proposes `value` until something is typed, and again once that is
 * saved. */
function NameForm({ value, testId, ready = true, onSave }: NameProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const name = typed ?? value;
  const saving = useOnce(async () => {
    if (await onSave(name.trim())) setTyped((now) => (now === typed ? null : now));
  });
  const fit = ready && !saving.doing && name.trim() !== '';
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (fit) saving.run();
  };
  return (
    <form className={styles.nameForm} onSubmit={send}>
      <input
        className={controls.input}
        aria-label={said.layoutName}
        placeholder={said.layoutName}
        maxLength={LONGEST}
        value={name}
        data-testid={testId}
        onChange={({ target }) => setTyped(target.value)}
      />
      <Button type="submit" disabled={!fit} data-testid={`${testId}-save`}>
        {said.save}
      </Button>
    </form>
  );
}

function Row({ layout, onReplace }: { layout: SavedLayout; onReplace: () => void }) {
  const [renaming, setRenaming] = useState(false);
  const { name, document, updated_at } = layout;
  return (
    <li className={styles.layout} data-testid="layout-item">
      {renaming ? (
        <NameForm
          value={name}
          testId="rename"
          onSave={async (next) => {
            const done = await changeLayout(layout, { name: next });
            if (done) setRenaming(false);
            return done;
          }}
        />
      ) : (
        <button
          type="button"
          className={styles.layoutName}
          data-testid="layout-open"
          onClick={() => openLayout(layout)}
        >
          <strong>{name}</strong>
          <span className={styles.quiet}>
            {words.kinds[document.layout.kind].name} · {titleOf(document)}
          </span>
          <span className={styles.quiet}>{said.changed(words.numbers.when(new Date(updated_at)))}</span>
        </button>
      )}
      <Menu
        label={said.more(name)}
        opens="down"
        testId="layout-menu"
        entries={[
          { label: said.open, icon: 'open', onSelect: () => openLayout(layout) },
          { label: said.rename, testId: 'layout-rename', onSelect: () => setRenaming(true) },
          { label: said.overwrite, onSelect: onReplace },
          [
            {
              label: words.sharing.open,
              icon: 'link',
              testId: 'layout-share',
              onSelect: () => share('layout', layout),
            },
            { label: said.copyLink, testId: 'layout-link', onSelect: () => copyLink(layout) },
            {
              label: said.exportLayout,
              icon: 'download',
              testId: 'layout-export',
              onSelect: () => exportLayout(layout),
            },
          ],
          { label: said.delete, icon: 'trash', testId: 'layout-delete', onSelect: () => deleteLayout(layout) },
        ]}
      />
    </li>
  );
}

/** The layouts that are saved under names. */
export function Layouts() {
  const [query, setQuery] = useState('');
  const { data: layouts, error, refetch, hasNextPage, fetchNextPage } = useLayouts(query);
  const input = useRef<HTMLInputElement>(null);
  const { job, prepare, sent: draft } = useGenerate();
  return (
    <div className={styles.layouts} data-testid="layouts">
      <div className={styles.saving}>
        <h3 className={styles.heading}>{said.saveLayout}</h3>
        <NameForm
          value={job && !isUnprompted(draft) ? titleOf(job).slice(0, 60) : ''}
          testId="layout-name"
          ready={useModels().data !== undefined}
          onSave={(name) => saveLayout(name, prepare())}
        />
        <Button icon="open" onClick={() => input.current?.click()}>
          {said.importLayout}
        </Button>
        <input
          ref={input}
          type="file"
          hidden
          accept="application/json,.json"
          aria-label={said.importLayout}
          data-testid="import-layout"
          onChange={({ target }) => {
            const file = target.files?.[0];
            target.value = '';
            if (file) importLayout(file);
          }}
        />
      </div>
      <div className={styles.search}>
        <input
          type="search"
          className={controls.input}
          aria-label={said.searchLayouts}
          placeholder={said.searchLayouts}
          value={query}
          data-testid="layout-search"
          onChange={({ target }) => setQuery(target.value)}
        />
      </div>
      {layouts === undefined ? (
        <Unanswered key={query} error={error} onAgain={() => refetch()} />
      ) : layouts.length === 0 ? (
        <p className={styles.empty}>{query === '' ? said.noLayouts : said.noLayoutFits}</p>
      ) : (
        <ul className={styles.layoutList}>
          {layouts.map((layout) => (
            <Row
              key={layout.id}
              layout={layout}
              onReplace={() =>
                changeLayout(
                  layout,
                  prepare().then((document) => ({ document })),
                )
              }
            />
          ))}
        </ul>
      )}
      {hasNextPage && <Button onClick={() => fetchNextPage()}>{said.moreLayouts}</Button>}
    </div>
  );
}
