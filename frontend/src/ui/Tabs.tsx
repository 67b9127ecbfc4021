import { Tabs as Parts } from '@base-ui/react/tabs';
import { type ReactNode, useState } from 'react';
import styles from './Tabs.module.css';

interface Tab<T extends string> {
  value: T;
  label: string;
  /** Said behind the label if something inside needs a correction. */
  faulty?: string | undefined;
  content: ReactNode;
}

interface TabsProps<T extends string> {
  label: string;
  value: T;
  tabs: readonly Tab<T>[];
  onChange: (value: T) => void;
  /** What stands at the end of the row of tabs. */
  children?: ReactNode;
}

/** The tabs that were open once. */
function useVisited<T extends string>(value: T): ReadonlySet<T> {
  const [visited, setVisited] = useState<ReadonlySet<T>>(new Set([value]));
  if (visited.has(value)) return visited;
  const next = new Set(visited).add(value);
  setVisited(next);
  return next;
}

/** Tabs over their panels. A panel stays mounted once it was open, so that what was typed in it is kept. */
export function Tabs<T extends string>({ label, value, tabs, onChange, children }: TabsProps<T>) {
  const visited = useVisited(value);
  return (
    <Parts.Root className={styles.root} value={value} onValueChange={(next) => onChange(next as T)}>
      <div className={styles.bar}>
        <Parts.List className={styles.list} aria-label={label}>
          {tabs.map((tab) => (
            <Parts.Tab key={tab.value} value={tab.value} className={styles.tab} data-testid={`tab-${tab.value}`}>
              {tab.label}
              {tab.faulty && (
                <>
                  <span className={styles.fault} />
                  <span className="visually-hidden">{tab.faulty}</span>
                </>
              )}
            </Parts.Tab>
          ))}
        </Parts.List>
        {children}
      </div>
      {tabs.map((tab) => (
        <Parts.Panel key={tab.value} value={tab.value} keepMounted className={styles.panel}>
          {visited.has(tab.value) && tab.content}
        </Parts.Panel>
      ))}
    </Parts.Root>
  );
}
