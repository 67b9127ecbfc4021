import type { JSONPath } from 'jsonc-parser';
import { type ReactNode, useId, useState } from 'react';
import { CheckField } from '../../ui/CheckField';
import controls from '../../ui/controls.module.css';
import { NumberField } from '../../ui/NumberField';
import { SelectField } from '../../ui/SelectField';
import { words } from '../../words/words';
import { useFieldEditing, write } from './editing';
import styles from './editor.module.css';
import { setIn } from './edits';
import { list, text as textIn } from './loose';
import type { Schema } from './schema';

const say = words.graph.form;

export interface FieldProps {
  path: JSONPath;
  name: string;
  /** The title of the schema that the field belongs to. */
  owner: string;
  schema: Schema;
  required: boolean;
  value: unknown;
}

/** Set the value of a field; undefined leaves it out. */
export function useChange(path: JSONPath): (value: unknown) => void {
  const { text } = useFieldEditing();
  return (value) => write(setIn(text, path, value), path.join('.'));
}

export const labelOf = (name: string, schema: Schema): string =>
  (words.graph.labels as Readonly<Record<string, string>>)[name] ?? textIn(schema.title);

/** The lengths of a graph are in cells; only the sizes of outputs are in pixels. */
const LENGTHS = new Set(['x', 'y', 'width', 'height', 'feather']);
const isCells = (owner: string, name: string): boolean => LENGTHS.has(name) && owner !== 'CustomOutput';

const hintOf = (owner: string, name: string): string | undefined =>
  (words.graph.hints as Readonly<Record<string, string>>)[`${owner}.${name}`];

/** What applies while a field is left out: what the server fills in, or the schema's default. */
function useFilled({ path, schema }: FieldProps): unknown {
  return useFieldEditing().filled(path) ?? schema.default;
}

export function NumericField(props: FieldProps) {
  const { path, name, owner, schema, required, value } = props;
  const { cell, fault } = useFieldEditing();
  const filled = useFilled(props);
  const change = useChange(path);
  const cells = isCells(owner, name);
  const number = typeof value === 'number' ? value : null;
  const length = number ?? (typeof filled === 'number' ? filled : null);
  const hint = [cells && length !== null ? say.pixels(length * cell) : '', hintOf(owner, name) ?? ''];
  const shared = {
    label: labelOf(name, schema),
    hint: hint.filter(Boolean).join(' '),
    ...(typeof schema.minimum === 'number' ? { min: schema.minimum } : {}),
    ...(typeof schema.maximum === 'number' ? { max: schema.maximum } : {}),
    whole: schema.type === 'integer',
    step: schema.type === 'integer' ? 1 : 0.1,
    error: fault(path),
    ...(cells ? { affix: say.cells } : {}),
    testId: `field-${path.slice(2).join('.')}`,
  };
  if (required) return <NumberField {...shared} value={number ?? 0} onCommit={change} />;
  return (
    <NumberField
      {...shared}
      optional
      value={number}
      placeholder={filled === undefined || filled === null ? say.open : say.filled(String(filled))}
      fallback={typeof filled === 'number' ? filled : undefined}
      onCommit={(next) => change(next ?? undefined)}
    />
  );
}

export function ChoiceField(props: FieldProps & { choices: readonly unknown[] }) {
  const { path, name, owner, schema, required, value, choices } = props;
  const filled = useFilled(props);
  const { fault } = useFieldEditing();
  const change = useChange(path);
  const known = choices.indexOf(value);
  const open: (readonly [string, string])[] =
    required && known >= 0 ? [] : [['', filled ? say.filled(String(filled)) : say.open]];
  return (
    <SelectField
      label={labelOf(name, schema)}
      hint={hintOf(owner, name)}
      value={known < 0 ? '' : String(known)}
      options={[...open, ...choices.map((one, index) => [String(index), String(one)] as const)]}
      error={fault(path)}
      testId={`field-${path.slice(2).join('.')}`}
      onChange={(index) => change(index === '' ? undefined : choices[Number(index)])}
    />
  );
}

export function SwitchField(props: FieldProps) {
  const { path, name, owner, schema, value } = props;
  const { fault } = useFieldEditing();
  const change = useChange(path);
  return (
    <CheckField
      label={labelOf(name, schema)}
      hint={hintOf(owner, name)}
      value={value === true}
      error={fault(path)}
      onChange={(on) => change(on || undefined)}
    />
  );
}

/** Several numbers of one field, such as the two ends of a range. */
export function NumbersField(props: FieldProps) {
  const { path, name, owner, schema, value } = props;
  const filled = useFilled(props);
  const { fault } = useFieldEditing();
  const change = useChange(path);
  const current = Array.isArray(value) ? value : list(filled);
  const hint = hintOf(owner, name);
  return (
    <fieldset className={styles.numbers}>
      <legend className={controls.label}>{labelOf(name, schema)}</legend>
      <div className={styles.row}>
        {Array.from({ length: Number(schema.minItems ?? current.length) }, (_, at) => (
          <NumberField
            // biome-ignore lint/suspicious/noArrayIndexKey: the place is what tells the numbers apart
            key={at}
            label={`${labelOf(name, schema)} ${at + 1}`}
            hideLabel
            min={0}
            max={1}
            step={0.1}
            value={Number(current[at] ?? 0)}
            onCommit={(number) =>
              change(
                Array.from({ length: Number(schema.minItems) }, (_, one) =>
                  one === at ? number : Number(current[one] ?? 0),
                ),
              )
            }
          />
        ))}
      </div>
      <Note hint={hint} error={fault(path)} />
    </fieldset>
  );
}

export function Note({ hint, error, id }: { hint?: ReactNode; error?: string | undefined; id?: string }) {
  if (!hint && !error) return null;
  return (
    <span id={id} className={error ? controls.error : controls.hint}>
      {error ?? hint}
    </span>
  );
}

/** Text. A name is taken once it is complete; other text as it is typed. */
export function TextField(props: FieldProps & { onRename?: (name: string) => void }) {
  const { path, name, owner, schema, required, value, onRename } = props;
  const id = useId();
  const filled = useFilled(props);
  const { fault, names } = useFieldEditing();
  const change = useChange(path);
  const [typed, setTyped] = useState<string | null>(null);
  const said = textIn(value);
  const wrong = typed !== null && typeof schema.pattern === 'string' && !new RegExp(schema.pattern).test(typed);
  const error = wrong ? say.name : fault(path);
  const take = () => {
    if (typed !== null && !wrong && typed !== said) onRename?.(typed);
    if (!wrong) setTyped(null);
  };
  const shared = {
    id,
    className: controls.input,
    value: typed ?? said,
    placeholder: required || !filled ? undefined : say.filled(String(filled)),
    maxLength: Number(schema.maxLength ?? 2_000),
    'aria-invalid': error ? true : undefined,
    'aria-describedby': `${id}-note`,
    'data-testid': `field-${path.slice(2).join('.')}`,
    onChange: ({ target }: { target: { value: string } }) =>
      onRename ? setTyped(target.value) : change(target.value === '' && !required ? undefined : target.value),
    onBlur: take,
  };
  return (
    <div className={`${controls.field} ${styles.wide}`}>
      <label htmlFor={id} className={controls.label}>
        {labelOf(name, schema)}
      </label>
      {name.endsWith('prompt') ? (
        <textarea {...shared} rows={name === 'prompt' ? 3 : 2} />
      ) : (
        <input
          {...shared}
          type="text"
          list={name === 'group' ? `${id}-list` : undefined}
          onKeyDown={({ key }) => key === 'Enter' && take()}
        />
      )}
      {name === 'group' && (
        <datalist id={`${id}-list`}>
          {names.group?.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      )}
      <Note id={`${id}-note`} hint={hintOf(owner, name)} error={error} />
    </div>
  );
}
