import { useState } from 'react';
import { Tabs } from '../../ui/Tabs';
import { words } from '../../words/words';
import { Audit } from './Audit';
import { Keys } from './Keys';
import { Users } from './Users';

const said = words.admin;

/** The administration: users, keys and the audit log, for those who have the scope admin. */
export default function Admin() {
  const [part, setPart] = useState<'users' | 'keys' | 'audit'>('users');
  return (
    <Tabs
      label={said.parts}
      value={part}
      onChange={setPart}
      tabs={[
        { value: 'users', label: said.users, content: <Users /> },
        { value: 'keys', label: said.keys, content: <Keys /> },
        { value: 'audit', label: said.audit, content: <Audit /> },
      ]}
    />
  );
}
