import { useState } from 'react';
import type { Key, NewKey } from '../../api/types';
import { Button } from '../../ui/Button';
import rows from '../../ui/rows.module.css';
import { Unanswered } from '../../ui/Unanswered';
import { words } from '../../words/words';
import { AddKey } from './AddKey';
import styles from './admin.module.css';
import { revokeKey, rotateKey, useKeys, useUsers } from './asking';
import { Confirm, type Step } from './Confirm';
import { NewKeyDialog } from './NewKeyDialog';

const said = words.admin;
const when = (moment: string) => words.numbers.when(new Date(moment));

/** The reason why a key opens nothing; null if it works. */
function offBecause({ works, revoked_at: revoked, expires_at: expires }: Key): string | null {
  if (works) return null;
  if (revoked) return said.revoked;
  return expires && Date.parse(expires) <= Date.now() ? said.expired : said.ofDisabled;
}

const saysOf = ({ hint, created_at: made, expires_at: expires, used_at: used, works }: Key): string =>
  [
    said.keyBegins(hint),
    said.madeAt(when(made)),
    ...(works && expires ? [said.until(when(expires))] : []),
    used ? said.lastUse(when(used)) : said.neverUsed,
  ].join(' · ');

interface RowProps {
  shown: Key;
  onAsk: (step: Step) => void;
  onMade: (made: NewKey) => void;
}

function Row({ shown, onAsk, onMade }: RowProps) {
  const off = offBecause(shown);
  const rotate: Step = {
    title: said.rotateKey(shown.user),
    says: said.rotateSays,
    label: said.rotate,
    run: async () => {
      const made = await rotateKey(shown);
      if (made) onMade(made);
    },
  };
  const revoke: Step = {
    title: said.revokeKey(shown.user),
    says: said.revokeSays,
    label: said.revoke,
    run: () => revokeKey(shown),
  };
  return (
    <li className={rows.row} data-testid="key" data-key={shown.id} data-works={shown.works}>
      <div className={styles.words}>
        <span className={styles.name}>
          <bdi>{shown.user}</bdi> <span className={styles.scope}>{said.scopes[shown.scope]}</span>{' '}
          {shown.label && <bdi className={styles.label}>{shown.label}</bdi>}{' '}
          {off && <span className={styles.off}>{off}</span>}
        </span>
        <span className={styles.says}>{saysOf(shown)}</span>
      </div>
      {shown.works && (
        <div className={styles.acts}>
          <Button
            small
            icon="retry"
            aria-label={said.rotateKey(shown.user)}
            data-testid="rotate-key"
            onClick={() => onAsk(rotate)}
          >
            {said.rotate}
          </Button>
          <Button
            small
            look="danger"
            icon="close"
            aria-label={said.revokeKey(shown.user)}
            data-testid="revoke-key"
            onClick={() => onAsk(revoke)}
          >
            {said.revoke}
          </Button>
        </div>
      )}
    </li>
  );
}

/** The keys of all users. */
export function Keys() {
  const { data, error, refetch } = useKeys();
  const users = useUsers().data ?? [];
  const [step, setStep] = useState<Step | null>(null);
  const [made, setMade] = useState<NewKey | null>(null);
  return (
    <div className={styles.part}>
      <AddKey users={users} onMade={setMade} />
      {data === undefined && <Unanswered error={error} onAgain={() => refetch()} />}
      {data?.length === 0 && <p className={styles.says}>{said.noKeys}</p>}
      <ul className={rows.list}>
        {data?.map((key) => (
          <Row key={key.id} shown={key} onAsk={setStep} onMade={setMade} />
        ))}
      </ul>
      <Confirm step={step} onClose={() => setStep(null)} />
      <NewKeyDialog made={made} onClose={() => setMade(null)} />
    </div>
  );
}
