import { useState } from 'react';
import type { Key, NewKey, User } from '../../api/types';
import { Button } from '../../ui/Button';
import { DaysField } from '../../ui/DaysField';
import { SelectField } from '../../ui/SelectField';
import { TextField } from '../../ui/TextField';
import { stopsAtUnfit } from '../../ui/unfit';
import { useOnce } from '../../ui/useOnce';
import { optionsOf, words } from '../../words/words';
import styles from './admin.module.css';
import { addKey } from './asking';

const said = words.admin;

interface AddKeyProps {
  users: readonly User[];
  onMade: (made: NewKey) => void;
}

/** The form that makes a key. */
export function AddKey({ users, onMade }: AddKeyProps) {
  const [chosen, setUser] = useState('');
  const [scope, setScope] = useState<Key['scope']>('submit');
  const [label, setLabel] = useState('');
  const [days, setDays] = useState<number | null>(null);
  const user = users.some(({ name }) => name === chosen) ? chosen : (users[0]?.name ?? '');
  const add = useOnce(async () => {
    const made = await addKey(user, scope, label.trim(), days);
    if (!made) return;
    setLabel('');
    onMade(made);
  });
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (!stopsAtUnfit(event.currentTarget)) add.run();
      }}
    >
      <SelectField
        label={said.keyOf}
        value={user}
        options={users.map(({ name }) => [name, name])}
        testId="key-user"
        onChange={setUser}
      />
      <SelectField
        label={said.scope}
        value={scope}
        options={optionsOf(said.scopes)}
        testId="key-scope"
        onChange={setScope}
      />
      <TextField label={said.label} hint={said.labelHint} value={label} testId="key-label" onChange={setLabel} />
      <DaysField label={said.days} placeholder={said.never} value={days} testId="key-days" onCommit={setDays} />
      <Button type="submit" icon="plus" disabled={user === '' || add.doing} data-testid="add-key">
        {said.addKey}
      </Button>
    </form>
  );
}
