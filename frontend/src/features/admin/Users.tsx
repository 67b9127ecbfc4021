import { useState } from 'react';
import type { User } from '../../api/types';
import { Button } from '../../ui/Button';
import rows from '../../ui/rows.module.css';
import { TextField } from '../../ui/TextField';
import { toast } from '../../ui/toasts';
import { Unanswered } from '../../ui/Unanswered';
import { useOnce } from '../../ui/useOnce';
import { words } from '../../words/words';
import styles from './admin.module.css';
import { addUser, disableUser, removeUser, useUsers } from './asking';
import { Confirm, type Step } from './Confirm';

const said = words.admin;

function AddUser() {
  const [name, setName] = useState('');
  const add = useOnce(async () => {
    if (!(await addUser(name.trim()))) return;
    toast(said.userAdded(name.trim()));
    setName('');
  });
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        add.run();
      }}
    >
      <TextField label={said.userName} hint={said.userNameHint} value={name} testId="user-name" onChange={setName} />
      <Button type="submit" icon="plus" disabled={name.trim() === '' || add.doing} data-testid="add-user">
        {said.addUser}
      </Button>
    </form>
  );
}

const saysOf = ({ keys, used_at: used }: User): string =>
  [said.workingKeys(keys), used ? said.lastUse(words.numbers.when(new Date(used))) : said.neverUsed].join(' · ');

interface RowProps {
  user: User;
  onAsk: (step: Step) => void;
}

function Row({ user, onAsk }: RowProps) {
  const { name, disabled } = user;
  const turnOff: Step = {
    title: said.disableUser(name),
    says: said.disableSays,
    label: said.disable,
    run: () => disableUser(name, true),
  };
  return (
    <li className={rows.row} data-testid="user" data-user={name}>
      <div className={styles.words}>
        <span className={styles.name}>
          <bdi>{name}</bdi> {disabled && <span className={styles.off}>{said.disabled}</span>}
        </span>
        <span className={styles.says}>{saysOf(user)}</span>
      </div>
      <div className={styles.acts}>
        <Button
          small
          aria-label={disabled ? said.enableUser(name) : said.disableUser(name)}
          data-testid="disable-user"
          onClick={() => (disabled ? disableUser(name, false) : onAsk(turnOff))}
        >
          {disabled ? said.enable : said.disable}
        </Button>
        <Button
          small
          look="danger"
          icon="trash"
          aria-label={said.removeUser(name)}
          data-testid="remove-user"
          onClick={() =>
            onAsk({
              title: said.removeUser(name),
              says: said.removeSays,
              label: said.remove,
              run: () => removeUser(name),
            })
          }
        >
          {said.remove}
        </Button>
      </div>
    </li>
  );
}

/** The users of the server. */
export function Users() {
  const { data, error, refetch } = useUsers();
  const [step, setStep] = useState<Step | null>(null);
  return (
    <div className={styles.part}>
      <AddUser />
      {data === undefined && <Unanswered error={error} onAgain={() => refetch()} />}
      {data?.length === 0 && <p className={styles.says}>{said.noUsers}</p>}
      <ul className={rows.list}>
        {data?.map((user) => (
          <Row key={user.name} user={user} onAsk={setStep} />
        ))}
      </ul>
      <Confirm step={step} onClose={() => setStep(null)} />
    </div>
  );
}
