import { type ReactNode, useEffect, useId, useMemo, useRef } from 'react';
import { LIMITS } from '../../api/limits';
import { marked, unknownWords } from '../../prompts/vocabulary';
import { weightRemarks } from '../../prompts/weights';
import { useSession } from '../../session';
import controls from '../../ui/controls.module.css';
import { useModel } from '../jobs/useGenerate';
import styles from './layout.module.css';
import { setPromptTarget } from './promptFocus';

const { longest } = LIMITS.Prompted.prompt;
const NEARLY = 0.9 * longest; // characters; longer prompts show their length

interface PromptFieldProps {
  label: string;
  hideLabel?: boolean;
  hint?: string;
  value: string;
  onChange: (text: string) => void;
  onFocus?: () => void;
  placeholder?: string;
  short?: boolean;
  error?: string | undefined;
  id?: string;
  testId?: string;
}

/** Move the focus from a prompt to the canvas. */
const backToCanvas = () => document.querySelector<HTMLElement>('#canvas [role=application]')?.focus();

const counted = (count: number) => count.toLocaleString('en');

/** A note on a prompt's length; none while there is room. */
function sayLength(count: number): { wrong?: string; note?: string } {
  if (count > longest) {
    const over = `${counted(count - longest)} characters too long`;
    return { wrong: `The prompt has ${counted(count)} characters: ${over}. At most ${counted(longest)} are taken.` };
  }
  return count > NEARLY ? { note: `${counted(count)} of ${counted(longest)} characters.` } : {};
}

/** A ref for the field. It gets the focus if this prompt was chosen. */
function useWriting(id: string) {
  const element = useRef<HTMLTextAreaElement>(null);
  const wanted = useSession((now) => now.writing !== null && id === `prompt-${now.writing}`);
  useEffect(() => {
    if (!wanted) return;
    element.current?.focus();
    useSession.setState({ writing: null });
  }, [wanted]);
  return element;
}

/** The notes below a prompt. */
function useNotes(value: string, error: string | undefined) {
  const model = useModel();
  const known = useMemo(() => (model?.words ? new Set(model.words) : null), [model?.words]);
  const unknown = useMemo(() => [...new Set(unknownWords(value, known).map((word) => word.text))], [value, known]);
  const length = sayLength([...value].length);
  const remarks = useMemo(() => (value.length > longest ? [] : weightRemarks(value)), [value]);
  const words = unknown.length > 0 ? `${model?.title} does not know: ${unknown.join(', ')}` : null;
  return { known, wrong: length.wrong ?? error, words, remarks, count: length.note };
}

/** The text with its unknown words marked, which lies below the editable text. */
function Mirror({ value, known }: { value: string; known: ReadonlySet<string> | null }) {
  let at = 0;
  return (
    <div className={styles.mirror} aria-hidden="true">
      {marked(value, known).map((piece) => {
        const key = at;
        at += piece.text.length;
        return piece.unknown ? <mark key={key}>{piece.text}</mark> : piece.text;
      })}
      {'\u200b'}
    </div>
  );
}

function Line({ look, testId, children }: { look: string | undefined; testId?: string; children: ReactNode }) {
  return (
    <span className={`${styles.line} ${look}`} data-testid={testId}>
      {children}
    </span>
  );
}

/** A prompt field. It marks words that the model was not taught, and warns of text that looks like a weight and is
 * none. */
export function PromptField(props: PromptFieldProps) {
  const { label, hideLabel, hint, value, onChange, onFocus, placeholder, short, testId } = props;
  const own = useId();
  const id = props.id ?? own;
  const { known, wrong, words, remarks, count } = useNotes(value, props.error);
  const element = useWriting(id);
  const noted = [wrong, words, count, hint, ...remarks].some(Boolean);
  return (
    <div className={controls.field}>
      <label htmlFor={id} className={hideLabel ? 'visually-hidden' : controls.label}>
        {label}
      </label>
      <div className={`${styles.prompt} ${short ? styles.short : ''}`}>
        <Mirror value={value} known={known} />
        <textarea
          ref={element}
          id={id}
          className={styles.text}
          value={value}
          rows={1}
          placeholder={placeholder}
          spellCheck={known === null}
          aria-invalid={wrong ? true : undefined}
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
          {wrong && (
            <Line look={controls.error} testId="prompt-error">
              {wrong}
            </Line>
          )}
          {remarks.map((remark) => (
            <Line key={remark} look={styles.unknown} testId="prompt-remark">
              {remark}
            </Line>
          ))}
          {words && (
            <Line look={styles.unknown} testId="unknown-words">
              {words}
            </Line>
          )}
          {(count ?? hint) && <Line look={controls.hint}>{count ?? hint}</Line>}
        </span>
      )}
    </div>
  );
}
