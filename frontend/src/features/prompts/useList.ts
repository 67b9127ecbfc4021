import { useMemo, useState } from 'react';
import type { ModelDescription } from '../../api/types';
import { type ListKind, type Option, type OptionGroup, optionsOf } from './options';

interface Shown {
  kind: ListKind;
  active: string | null;
}

const NONE: readonly OptionGroup[] = [];

/** The list that a prompt field shows, and the option that the arrows chose. */
export function useList(text: string, caret: number, model: ModelDescription | undefined, negative: boolean) {
  const [shown, setShown] = useState<Shown | null>(null);
  const kind = shown?.kind ?? null;
  const groups = useMemo(
    () => (kind ? optionsOf({ kind, text, caret, model, negative }) : NONE),
    [kind, text, caret, model, negative],
  );
  const options: readonly Option[] = useMemo(() => groups.flatMap((group) => group.options), [groups]);
  const open = kind !== null && (groups.length > 0 || kind === 'history');
  const at = options.findIndex(({ key }) => key === shown?.active);

  return {
    kind,
    open,
    groups,
    active: open ? options[at] : undefined,
    show: (next: ListKind) => setShown({ kind: next, active: null }),
    hide: () => setShown(null),
    /** Choose the next (1) or previous (-1) option. Returns false if the list leaves the key to the text. */
    move: (by: 1 | -1): boolean => {
      if (!kind || options.length === 0 || (by < 0 && at < 0 && kind === 'typing')) return false;
      const next = at < 0 ? (by > 0 ? 0 : options.length - 1) : at + by;
      setShown({ kind, active: options[next]?.key ?? null });
      return true;
    },
  };
}
