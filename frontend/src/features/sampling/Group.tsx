import type { ReactNode } from 'react';
import { faultAt } from '../../api/problem';
import { useGenerate } from '../jobs/useGenerate';
import styles from './sampling.module.css';

/** The server's error for a setting. */
export function useFault() {
  const { faults } = useGenerate();
  return (...at: string[]) => faultAt(faults, 'sampling', ...at);
}

/** Settings that belong together. */
export function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <fieldset className={styles.group}>
      <legend>{title}</legend>
      {children}
    </fieldset>
  );
}
