import { type ReactNode, useEffect, useId, useMemo, useRef } from 'react';
import { LIMITS } from '../../api/limits';
import type { ModelDescription } from '../../api/types';
import { shownWeight, weightedPhrases } from '../../prompts/pieces';
import { read } from '../../prompts/reading';
import { unknownWords } from '../../prompts/vocabulary';
import { weightRemarks } from '../../prompts/weights';
import { useSession } from '../../session';
import controls from '../../ui/controls.module.css';
import { focusCanvas } from '../../ui/focusCanvas';
import { words } from '../../words/words';
import { useModel } from '../jobs/useGenerate';
import { PromptEditor, useKnown } from './PromptEditor';
import styles from './prompts.module.css';
import { useTokens } from './useTokens';

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
  /** It says what to keep out of the picture. */
  negative?: boolean;
  /** The model of this prompt, if it has one of its own. */
  model?: string | null;
  error?: string | undefined;
  id?: string;
  testId?: string;
}

/** A note on a prompt's length in characters; none while there is room. */
function sayLength(count: number): { wrong?: string; note?: string } {
  if (count > longest) return { wrong: words.prompts.tooLong(count, longest) };
  return count > NEARLY ? { note: words.prompts.nearlyTooLong(count, longest) } : {};
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
function useNotes(value: string, model: ModelDescription | undefined, error: string | undefined) {
  const known = useKnown(model);
  const reading = useMemo(() => read(value), [value]);
  const unknown = useMemo(
    () => [...new Set(unknownWords(value, known, reading).map((word) => word.text))],
    [value, known, reading],
  );
  const length = sayLength([...value].length);
  const tokens = useTokens(reading, model, false);
  const { weights, remarks } = useMemo(
    () => ({
      weights: weightedPhrases(value, reading).map(({ text, weight }) => `${text} ${shownWeight(weight)}`),
      remarks: value.length > longest ? [] : weightRemarks(value),
    }),
    [value, reading],
  );
  return {
    wrong: length.wrong ?? error,
    count: length.note,
    remarks,
    unknown: unknown.length > 0 ? words.prompts.unknownWords(model?.title ?? '', unknown) : null,
    weights: weights.length > 0 ? words.prompts.weights(weights) : null,
    chunks: tokens && tokens.chunks > 1 ? words.prompts.chunks(tokens.tokens, tokens.limit, tokens.chunks) : null,
  };
}

function Line({ look, testId, children }: { look: string | undefined; testId?: string; children: ReactNode }) {
  return (
    <span className={`${styles.line} ${look}`} data-testid={testId}>
      {children}
    </span>
  );
}

/** A prompt field. It shows the weights of words, marks words that the model was not taught, and warns of text that
 * looks like a weight and is none. */
export function PromptField(props: PromptFieldProps) {
  const { label, hideLabel, hint, value } = props;
  const own = useId();
  const id = props.id ?? own;
  const model = useModel(props.model);
  const { wrong, unknown, remarks, count, weights, chunks } = useNotes(value, model, props.error);
  const element = useWriting(id);
  const noted = [wrong, unknown, count, hint, weights, chunks, ...remarks].some(Boolean);
  return (
    <div className={controls.field}>
      <label htmlFor={id} className={hideLabel ? 'visually-hidden' : controls.label}>
        {label}
      </label>
      <PromptEditor
        ref={element}
        id={id}
        value={value}
        onChange={props.onChange}
        model={model}
        negative={props.negative}
        onEscape={focusCanvas}
        onFocus={props.onFocus}
        placeholder={props.placeholder}
        invalid={wrong !== undefined}
        describedBy={noted ? `${id}-note` : undefined}
        testId={props.testId}
      />
      {noted && (
        <span id={`${id}-note`}>
          {wrong && (
            <Line look={controls.error} testId="prompt-error">
              {wrong}
            </Line>
          )}
          {remarks.map((remark) => (
            <Line key={remark} look={styles.warning} testId="prompt-remark">
              {remark}
            </Line>
          ))}
          {unknown && (
            <Line look={styles.warning} testId="unknown-words">
              {unknown}
            </Line>
          )}
          {chunks && (
            <Line look={controls.hint} testId="prompt-chunks">
              {chunks}
            </Line>
          )}
          {weights && (
            <Line look={controls.hint} testId="prompt-weights">
              {weights}
            </Line>
          )}
          {(count ?? hint) && <Line look={controls.hint}>{count ?? hint}</Line>}
        </span>
      )}
    </div>
  );
}
