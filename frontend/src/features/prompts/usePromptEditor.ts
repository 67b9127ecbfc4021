import { type ChangeEvent, type KeyboardEvent, useId, useLayoutEffect, useRef, useState } from 'react';
import type { ModelDescription } from '../../api/types';
import { beginStep } from '../../document/store';
import { shownWeight } from '../../prompts/pieces';
import { read } from '../../prompts/reading';
import { insertPhrase } from '../../prompts/vocabulary';
import { type Edited, weigh } from '../../prompts/weigh';
import { announce } from '../../ui/announce';
import { words } from '../../words/words';
import { rememberText } from './history';
import type { ListKind, Option } from './options';
import { setPromptTarget } from './promptFocus';
import { useList } from './useList';
import { useWalk } from './useWalk';

interface Editing {
  value: string;
  onChange: (text: string) => void;
  model: ModelDescription | undefined;
  negative: boolean;
  onEscape: () => void;
  /** Called for the key that begins a run, before the run begins. */
  onRun?: (() => void) | undefined;
  onFocus?: (() => void) | undefined;
  onBlur?: (() => void) | undefined;
}

type Key = KeyboardEvent<HTMLTextAreaElement>;

/** Change the text by other means than typing: a step of its own to undo, which leaves this selection. */
function usePut(element: { current: HTMLTextAreaElement | null }, value: string, onChange: (text: string) => void) {
  const wanted = useRef<readonly [number, number] | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the selection is set once the new text is in the field
  useLayoutEffect(() => {
    if (wanted.current) element.current?.setSelectionRange(...wanted.current);
    wanted.current = null;
  }, [value]);
  return ({ text, start, end }: Edited) => {
    wanted.current = [start, end];
    beginStep();
    onChange(text);
    beginStep();
  };
}

/** The weight of the words at a position, and these words, for screen readers. */
function sayWeight({ text, start, end }: Edited): string {
  const leaf = read(text).leaves.find((one) => one.start < Math.max(end, start + 1) && one.end >= start);
  const part = end > start ? text.slice(start, end) : text.slice(leaf?.start, leaf?.end);
  return words.prompts.weighed(part, shownWeight(leaf?.weight ?? 1));
}

/** The state and the keys of a prompt's text: completion, history, and the weights of words. */
export function usePromptEditor({ value, onChange, model, negative, onEscape, onRun, onFocus, onBlur }: Editing) {
  const element = useRef<HTMLTextAreaElement>(null);
  const listId = useId();
  const [caret, setCaret] = useState(0);
  const [focused, setFocused] = useState(false);
  const list = useList(value, caret, model, negative);
  const typedAt = useRef(-1);
  const put = usePut(element, value, onChange);
  const walk = useWalk(value, negative, (text) => put({ text, start: text.length, end: text.length }));

  const take = ({ text, start, end, whole }: Option) => {
    if (whole) rememberText(value, negative);
    const made = whole ? { text, caret: text.length } : insertPhrase(value, start, end, text);
    list.hide();
    put({ text: made.text, start: made.caret, end: made.caret });
    setCaret(made.caret);
  };

  const weighBy = (by: 1 | -1) => {
    const { selectionStart = 0, selectionEnd = 0 } = element.current ?? {};
    const edited = weigh(value, selectionStart, selectionEnd, by);
    if (edited) put(edited);
    announce(edited ? sayWeight(edited) : words.prompts.cannotWeigh);
  };

  const latest = useRef(weighBy);
  latest.current = weighBy;

  const onListKey = ({ key, ctrlKey, metaKey }: Key): boolean => {
    if (!list.open) return false;
    if (key === 'Escape') list.hide();
    else if (key === 'ArrowDown' || key === 'ArrowUp') return list.move(key === 'ArrowDown' ? 1 : -1);
    else if ((key === 'Enter' || key === 'Tab') && list.active && !ctrlKey && !metaKey) take(list.active);
    else return false;
    return true;
  };

  const onOwnKey = (event: Key): boolean => {
    const { key, altKey, shiftKey } = event;
    const control = event.ctrlKey || event.metaKey;
    const by = key === 'ArrowUp' ? 1 : key === 'ArrowDown' ? -1 : null;
    if (by && control && !altKey && !shiftKey) weighBy(by);
    else if (by && altKey && !control && !shiftKey) return walk.step(by);
    else if (event.code === 'Space' && event.ctrlKey) list.show('all');
    else if (key === 'Escape') onEscape();
    else return false;
    return true;
  };

  const onKeyDown = (event: Key) => {
    if (event.nativeEvent.isComposing || event.keyCode === 229) return; // the key belongs to the input method
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !event.altKey) {
      list.hide(); // it would cover the run
      onRun?.();
    }
    const plain = !event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey;
    if ((plain && onListKey(event)) || onOwnKey(event)) {
      event.preventDefault();
      event.stopPropagation();
    }
  };

  return {
    element,
    listId,
    list,
    take,
    caret: focused ? caret : null,
    focused,
    toggle: (kind: ListKind) => {
      element.current?.focus();
      if (list.kind === kind) list.hide();
      else list.show(kind);
    },
    field: {
      onChange: (event: ChangeEvent<HTMLTextAreaElement>) => {
        const { value: text, selectionStart } = event.target;
        onChange(text);
        setCaret(selectionStart);
        typedAt.current = selectionStart;
        if ((event.nativeEvent as InputEvent).isComposing) list.hide();
        else list.show('typing');
      },
      onKeyDown,
      onSelect: ({ currentTarget }: { currentTarget: HTMLTextAreaElement }) => {
        setCaret(currentTarget.selectionStart);
        if (list.kind === 'typing' && currentTarget.selectionStart !== typedAt.current) list.hide();
      },
      onFocus: ({ currentTarget }: { currentTarget: HTMLTextAreaElement }) => {
        setFocused(true);
        walk.focused();
        setPromptTarget({ element: currentTarget, change: onChange, weigh: (by) => latest.current(by) });
        onFocus?.();
      },
      onBlur: () => {
        setFocused(false);
        list.hide();
        onBlur?.();
      },
    },
  };
}
