import { type ReactNode, useEffect, useId, useMemo, useRef } from 'react';
import { marked, unknownWords } from '../../prompts/vocabulary';
import { useSession } from '../../session';
import controls from '../../ui/controls.module.css';
import { useModel } from '../jobs/useGenerate';
import styles from './layout.module.css';
import { setPromptTarget } from './promptFocus';

const MAX_TEXT = 2_000; // characters, as the contract has it

interface PromptFieldProps {
  label: ReactNode;
  hideLabel?: boolean;
  value: string;
  onChange: (text: string) => void;
  onFocus?: () => void;
  placeholder?: string;
  short?: boolean;
  error?: string | undefined;
  id?: string;
  testId?: string;
}

/** From a text to what it describes. */
const backToCanvas = () => document.querySelector<HTMLElement>('#canvas [role=application]')?.focus();

/** A prompt, with the words marked that the model was never taught. */
export function PromptField(props: PromptFieldProps) {
  const { label, hideLabel, value, onChange, onFocus, placeholder, short, error, testId } = props;
  const own = useId();
  const id = props.id ?? own;
  const model = useModel();
  const known = useMemo(() => (model?.words ? new Set(model.words) : null), [model?.words]);
  const unknown = useMemo(() => [...new Set(unknownWords(value, known).map((word) => word.text))], [value, known]);
  const noted = error !== undefined || unknown.length > 0;
  const element = useRef<HTMLTextAreaElement>(null);
  const wanted = useSession((now) => now.writing !== null && id === `prompt-${now.writing}`);
  useEffect(() => {
    if (!wanted) return;
    element.current?.focus();
    useSession.setState({ writing: null });
  }, [wanted]);
  let at = 0;
  return (
    <div className={controls.field}>
      <label htmlFor={id} className={hideLabel ? 'visually-hidden' : controls.label}>
        {label}
      </label>
      <div className={`${styles.prompt} ${short ? styles.short : ''}`}>
        <div className={styles.mirror} aria-hidden="true">
          {marked(value, known).map((piece) => {
            const key = at;
            at += piece.text.length;
            return piece.unknown ? <mark key={key}>{piece.text}</mark> : piece.text;
          })}
          {'\u200b'}
        </div>
        <textarea
          ref={element}
          id={id}
          className={styles.text}
          value={value}
          rows={1}
          maxLength={MAX_TEXT}
          placeholder={placeholder}
          spellCheck={known === null}
          aria-invalid={error ? true : undefined}
          aria-describedby={noted ? `${id}-note` : undefined}
          data-prompt
          data-testid={testId}
          onChange={(event) => onChange(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape' && !event.nativeEvent.isComposing) backToCanvas();
          }}
          onFocus={(event) => {
            setPromptTarget({ element: event.currentTarget, change: onChange });
            onFocus?.();
          }}
        />
      </div>
      {noted && (
        <span id={`${id}-note`}>
          {error && <span className={controls.error}>{error} </span>}
          {unknown.length > 0 && (
            <span className={styles.unknown} data-testid="unknown-words">
              {model?.title} does not know: {unknown.join(', ')}
            </span>
          )}
        </span>
      )}
    </div>
  );
}
