import { useEffect, useState } from 'react';
import { words } from '../words/words';
import { type Limits, readNumber } from './number';
import { setUnfit } from './unfit';

/** A change that makes a number acceptable to a field, and the reason, as the rest of a sentence. */
export interface Correction {
  to: (number: number) => number;
  why: string;
}

interface Field extends Limits {
  id: string;
  label: string;
  value: number | null;
  optional?: boolean | undefined;
  correction?: Correction | undefined;
  floating?: boolean | undefined;
  onCommit: (value: number | null) => void;
}

/** A text that was typed and is not committed, or cannot be: `wrong` says why. It applies only while the value equals
 * `over`. */
interface Typed {
  text: string;
  wrong: string | null;
  over: number | null;
}

/** A note on a number that the field changed. */
interface Took {
  says: string;
  number: number;
}

const FLOATS_FOR = 6_000; // milliseconds

/** Report what is wrong with a field for as long as the field is mounted. */
function useSaidUnfit(id: string, label: string, wrong: string | null): void {
  useEffect(() => {
    setUnfit(id, label, wrong);
    return () => setUnfit(id, label, null);
  }, [id, label, wrong]);
}

/** Hold the note on a changed number. If the note floats over other things, it goes after a few seconds. */
function useTook(floating: boolean | undefined) {
  const [took, setTook] = useState<Took | null>(null);
  useEffect(() => {
    if (!floating || took === null) return;
    const timer = setTimeout(() => setTook(null), FLOATS_FOR);
    return () => clearTimeout(timer);
  }, [floating, took]);
  return [took, setTook] as const;
}

/** The text of a number field, the error in it, and the note on a changed number. */
export function useTyped(field: Field) {
  const { id, label, value, optional, correction, floating, onCommit } = field;
  const [typed, setTyped] = useState<Typed | null>(null);
  const [took, setTook] = useTook(floating);
  const current = typed?.over === value ? typed : null;
  const wrong = current?.wrong ?? null;
  useSaidUnfit(id, label, wrong);

  const refuse = (text: string, says: string) => {
    setTyped({ text, wrong: says, over: value });
    setUnfit(id, label, says); // now: the key that generates may be pressed before the next render
  };
  const take = (number: number | null) => {
    setTyped(null);
    setUnfit(id, label, null);
    if (number !== value) onCommit(number);
  };
  const bring = (number: number, quietly: boolean) => {
    const brought = correction ? correction.to(number) : number;
    const says = words.numbers.took(brought, number, correction?.why ?? '');
    setTook(brought === number || quietly ? null : { says, number: brought });
    take(brought);
  };
  const commit = (text: string, quietly = false) => {
    const empty = text.trim() === '';
    const read = empty ? { wrong: words.numbers.wanted(field) } : readNumber(text, field);
    if (empty && optional) take(null);
    else if ('wrong' in read) refuse(text, read.wrong);
    else bring(read.number, quietly);
  };
  const type = (text: string) => {
    setTyped({ text, wrong: null, over: value });
    setTook(null);
  };
  const forget = () => setTyped(null);
  return { text: current?.text ?? null, wrong, took: took?.number === value ? took.says : null, type, commit, forget };
}
