import { type Ref, useImperativeHandle, useMemo } from 'react';
import type { ModelDescription } from '../../api/types';
import { read } from '../../prompts/reading';
import { Icon, type IconName } from '../../ui/icons';
import { words } from '../../words/words';
import { Mirror } from './Mirror';
import { idOfOption, OptionList } from './OptionList';
import styles from './prompts.module.css';
import { usePromptEditor } from './usePromptEditor';
import { useTokens } from './useTokens';

export interface PromptEditorProps {
  id: string;
  value: string;
  onChange: (text: string) => void;
  model: ModelDescription | undefined;
  negative?: boolean | undefined;
  onEscape: () => void;
  onRun?: (() => void) | undefined;
  onFocus?: (() => void) | undefined;
  onBlur?: (() => void) | undefined;
  placeholder?: string | undefined;
  label?: string | undefined;
  invalid?: boolean | undefined;
  describedBy?: string | undefined;
  testId?: string | undefined;
  ref?: Ref<HTMLTextAreaElement>;
}

/** The words that a model with a closed vocabulary knows; null if its vocabulary is open. */
export function useKnown(model: ModelDescription | undefined): ReadonlySet<string> | null {
  return useMemo(() => (model?.words ? new Set(model.words) : null), [model?.words]);
}

function Tool(props: { icon: IconName; label: string; open: boolean; onPress: () => void }) {
  return (
    <button
      type="button"
      tabIndex={-1}
      className={styles.tool}
      aria-label={props.label}
      aria-expanded={props.open}
      title={props.label}
      onPointerDown={(event) => event.preventDefault()}
      onClick={props.onPress}
    >
      <Icon name={props.icon} size={14} />
    </button>
  );
}

function Count({ length, focused }: { length: ReturnType<typeof useTokens>; focused: boolean }) {
  if (!length || (!focused && length.chunks === 1)) return <span className={styles.count} />;
  const { tokens, limit, exact, chunks } = length;
  const say = exact ? words.prompts.tokens : words.prompts.aboutTokens;
  return (
    <span className={`${styles.count} ${chunks > 1 ? styles.beyond : ''}`} data-testid="prompt-tokens">
      {say(tokens, limit)}
    </span>
  );
}

/** The editable text of a prompt, with its weights, its unknown words and its length in tokens, and the lists of
 * completions and of prompts used before. */
export function PromptEditor(props: PromptEditorProps) {
  const { id, value, model, negative = false } = props;
  const editor = usePromptEditor({ ...props, negative });
  const { element, list, listId } = editor;
  useImperativeHandle(props.ref, () => element.current as HTMLTextAreaElement);
  const known = useKnown(model);
  const reading = useMemo(() => read(value), [value]);
  const length = useTokens(reading, model, editor.focused);
  const combobox = list.open && {
    role: 'combobox',
    'aria-expanded': true,
    'aria-autocomplete': 'list' as const,
    'aria-haspopup': 'listbox' as const,
    'aria-controls': listId,
    'aria-activedescendant': list.active && idOfOption(listId, list.active.key),
  };
  return (
    <div className={styles.prompt}>
      <Mirror value={value} reading={reading} known={known} caret={editor.caret} />
      <textarea
        ref={element}
        id={id}
        className={styles.text}
        value={value}
        rows={1}
        placeholder={props.placeholder}
        spellCheck={known === null}
        aria-label={props.label}
        aria-invalid={props.invalid || undefined}
        aria-describedby={props.describedBy}
        data-prompt
        data-testid={props.testId}
        {...editor.field}
        {...combobox}
      />
      <div className={styles.foot}>
        <Count length={length} focused={editor.focused} />
        {model && model.vocabulary.length > 0 && (
          <Tool
            icon="words"
            label={words.prompts.words}
            open={list.kind === 'all'}
            onPress={() => editor.toggle('all')}
          />
        )}
        <Tool
          icon="clock"
          label={words.prompts.history}
          open={list.kind === 'history'}
          onPress={() => editor.toggle('history')}
        />
      </div>
      {list.open && (
        <OptionList
          id={listId}
          label={list.kind === 'history' ? words.prompts.historyOf : words.prompts.completions}
          anchor={element}
          groups={list.groups}
          active={list.active?.key ?? null}
          empty={words.prompts.noHistory}
          onTake={editor.take}
        />
      )}
    </div>
  );
}
