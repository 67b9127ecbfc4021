import { useState } from 'react';
import type { AuditEntry } from '../../api/types';
import { Button } from '../../ui/Button';
import rows from '../../ui/rows.module.css';
import { TextField } from '../../ui/TextField';
import { Unanswered } from '../../ui/Unanswered';
import { words } from '../../words/words';
import styles from './admin.module.css';
import { useAudit, type Wanted } from './asking';

const said = words.admin;
const ALL: Wanted = { actor: '', action: '', object: '' };

function Row({ entry }: { entry: AuditEntry }) {
  const { at, actor, action, object, means, address } = entry;
  return (
    <li className={rows.row} data-testid="audit-entry" data-action={action}>
      <div className={styles.words}>
        <span className={styles.name}>
          {said.entry(actor, action)} {object && <bdi className={styles.label}>{object}</bdi>}
        </span>
        <span className={styles.says}>
          {words.numbers.when(new Date(at))} · {said.from(means, address)}
        </span>
      </div>
    </li>
  );
}

/** What was done on the server, and by whom, the newest first. */
export function Audit() {
  const [typed, setTyped] = useState(ALL);
  const [wanted, setWanted] = useState(ALL);
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useAudit(wanted);
  const type = (name: keyof Wanted) => (text: string) => setTyped((now) => ({ ...now, [name]: text }));
  return (
    <div className={styles.part}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          setWanted(typed);
        }}
      >
        <TextField label={said.who} value={typed.actor} testId="audit-who" onChange={type('actor')} />
        <TextField label={said.action} value={typed.action} testId="audit-what" onChange={type('action')} />
        <TextField label={said.object} value={typed.object} testId="audit-object" onChange={type('object')} />
        <Button type="submit" icon="search" data-testid="audit-filter">
          {said.filter}
        </Button>
      </form>
      {data === undefined && <Unanswered key={JSON.stringify(wanted)} error={error} onAgain={() => refetch()} />}
      {data?.length === 0 && <p className={styles.says}>{said.noEntries}</p>}
      <ul className={rows.list} data-testid="audit">
        {data?.map((entry) => (
          <Row key={entry.number} entry={entry} />
        ))}
      </ul>
      {hasNextPage && (
        <Button disabled={isFetchingNextPage} data-testid="audit-older" onClick={() => fetchNextPage()}>
          {said.older}
        </Button>
      )}
    </div>
  );
}
