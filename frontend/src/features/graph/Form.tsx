import type { JSONPath } from 'jsonc-parser';
import { Button } from '../../ui/Button';
import controls from '../../ui/controls.module.css';
import { keepFocus } from '../../ui/keepFocus';
import { SelectField } from '../../ui/SelectField';
import { words } from '../../words/words';
import { useFieldEditing, write } from './editing';
import styles from './editor.module.css';
import { setIn } from './edits';
import {
  ChoiceField,
  type FieldProps,
  labelOf,
  Note,
  NumbersField,
  NumericField,
  SwitchField,
  TextField,
  useChange,
} from './fields';
import { list, record, text as textIn } from './loose';
import { switchKind, unwrap, wrap, wrappers } from './operatorEdits';
import { blank, chosen, fieldsOf, isRequired, kindsOf, resolved, type Schema } from './schema';

const say = words.graph.form;

/** The fields that are shown first and always, in this order. The others are folded while they are left out. */
const FIRST = [
  ...['name', 'node', 'prompted', 'prompt', 'negative_prompt', 'guidance', 'model', 'operator', 'control', 'of', 'box'],
  ...['parts', 'layers', 'region', 'x', 'y', 'width', 'height', 'mode', 'axis', 'turns', 'colour', 'wrap', 'channels'],
  ...['mean', 'picture', 'fit', 'deviation', 'precision', 'weight', 'group', 'active', 'inverse'],
];
/** Objects that most nodes do without; they are folded as well. */
const SELDOM = new Set(['picture', 'of', 'region', 'operator']);
const rank = (name: string) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);

interface ObjectProps {
  path: JSONPath;
  schema: Schema;
  value: unknown;
  onRename?: ((name: string) => void) | undefined;
}

/** The fields of an object, as its schema lists them. */
export function ObjectFields({ path, schema, value, onRename }: ObjectProps) {
  const own = chosen(schema, value);
  const held = record(value);
  const fields = [...fieldsOf(own)]
    .filter(([name]) => name !== 'kind')
    .sort(([one], [other]) => rank(one) - rank(other));
  const shown = ([name]: readonly [string, Schema]) =>
    (FIRST.includes(name) && !SELDOM.has(name)) || name in held || isRequired(own, name);
  const field = ([name, one]: readonly [string, Schema]) => (
    <Field
      key={name}
      path={[...path, name]}
      name={name}
      owner={textIn(own.title)}
      schema={one}
      required={isRequired(own, name)}
      value={held[name]}
      onRename={name === 'name' || name === 'node' ? onRename : undefined}
    />
  );
  const more = fields.filter((one) => !shown(one));
  return (
    <div className={styles.form}>
      {fields.filter(shown).map(field)}
      {more.length > 0 && (
        <details className={styles.wide}>
          <summary className={styles.more}>{say.more}</summary>
          <div className={styles.form}>{more.map(field)}</div>
        </details>
      )}
    </div>
  );
}

/** A field of the kind that its schema asks for. */
function Field(props: FieldProps & { onRename?: ((name: string) => void) | undefined }) {
  const { schema } = resolved(props.schema);
  const { names } = useFieldEditing();
  const own = { ...props, schema: { ...schema, default: props.schema.default ?? schema.default } };
  if (kindsOf(schema)) return <KindField {...own} />;
  const known = names[props.name];
  if (known && props.name !== 'group') return <ChoiceField {...own} choices={known} />;
  if (Array.isArray(schema.enum)) return <ChoiceField {...own} choices={schema.enum} />;
  switch (schema.type) {
    case 'object':
      return <PartField {...own} />;
    case 'integer':
    case 'number':
      return <NumericField {...own} />;
    case 'boolean':
      return <SwitchField {...own} />;
    case 'string':
      return <TextField {...own} {...(props.onRename ? { onRename: props.onRename } : {})} />;
    case 'array':
      return ['number', 'integer'].includes(textIn(record(schema.items).type)) ? (
        <NumbersField {...own} />
      ) : (
        <ListField {...own} />
      );
    default:
      return null;
  }
}

function AddButton({ path, name, schema }: FieldProps) {
  const change = useChange(path);
  return (
    <Button
      small
      icon="plus"
      className={styles.wide}
      data-remains={path.join('.')}
      onClick={() => change(blank(schema))}
    >
      {say.add(labelOf(name, schema))}
    </Button>
  );
}

/** An object within an object. One that is left out has a button that adds it. */
function PartField(props: FieldProps) {
  const { path, name, schema, required, value } = props;
  const change = useChange(path);
  const { fault } = useFieldEditing();
  const always = required || name === 'precision';
  if (value === undefined && !always) return <AddButton {...props} />;
  return (
    <fieldset className={styles.part}>
      <legend className={styles.legend}>{labelOf(name, schema)}</legend>
      <ObjectFields path={path} schema={schema} value={value} />
      {!always && (
        <Button
          small
          look="quiet"
          icon="trash"
          data-removes={path.join('.')}
          onClick={(event) => keepFocus(event, () => change(undefined))}
        >
          {say.remove(labelOf(name, schema))}
        </Button>
      )}
      {typeof value !== 'object' && required && <Note error={fault(path)} />}
    </fieldset>
  );
}

/** A value that is told apart by its kind: an operator, or the mean of a law. */
function KindField(props: FieldProps) {
  const { path, name, schema, required, value } = props;
  const { text, native, fault } = useFieldEditing();
  const kinds = Object.keys(kindsOf(schema) ?? {});
  const kind = textIn(record(value).kind);
  const operator = kinds.includes('identity');
  const said: Readonly<Record<string, string>> = words.graph.kindsOfOperator;
  const gesture = path.join('.');
  if (value === undefined && !required) return <AddButton {...props} />;
  return (
    <fieldset className={styles.part}>
      <legend className={styles.legend}>{labelOf(name, schema)}</legend>
      <SelectField
        label={say.kind}
        value={kinds.includes(kind) ? kind : ''}
        options={[
          ...(kinds.includes(kind) ? [] : [['', say.choose] as const]),
          ...kinds.map((one) => [one, said[one] ?? one] as const),
        ]}
        error={fault(path)}
        testId={`field-${path.slice(2).join('.')}.kind`}
        onChange={(next) => write(switchKind(text, path, schema, next, native), gesture)}
      />
      {kinds.includes(kind) && <ObjectFields path={path} schema={schema} value={value} />}
      {operator && (
        <div className={styles.row}>
          <select
            className={`${controls.input} ${controls.select}`}
            aria-label={say.wrap}
            data-remains={gesture}
            value=""
            data-testid={`wrap-${path.slice(2).join('.')}`}
            onChange={({ target }) => write(wrap(text, path, target.value, native), gesture)}
          >
            <option value="">{say.wrap}</option>
            {wrappers().map((one) => (
              <option key={one} value={one}>
                {said[one] ?? one}
              </option>
            ))}
          </select>
          {'of' in record(value) && (
            <Button
              small
              look="quiet"
              icon="trash"
              data-removes={gesture}
              onClick={(event) => keepFocus(event, () => write(unwrap(text, path), gesture))}
            >
              {say.unwrap}
            </Button>
          )}
        </div>
      )}
    </fieldset>
  );
}

/** A list of objects. Each can be removed, and one can be added at the end. */
function ListField(props: FieldProps) {
  const { path, name, schema, value } = props;
  const { text, names } = useFieldEditing();
  const items = list(value);
  const item = record(schema.items);
  const { schema: own } = resolved(item);
  const fresh = name === 'parts' ? { control: names.control?.[0] } : blank(item);
  const gesture = path.join('.');
  if (own.type !== 'object')
    return <p className={`${controls.hint} ${styles.wide}`}>{say.inJson(labelOf(name, schema))}</p>;
  return (
    <fieldset className={styles.part}>
      <legend className={styles.legend}>{labelOf(name, schema)}</legend>
      {items.map((one, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the place is what tells the items apart
        <div key={index} className={styles.item}>
          <ObjectFields path={[...path, index]} schema={item} value={one} />
          <Button
            small
            look="quiet"
            icon="trash"
            data-removes={gesture}
            onClick={(event) => keepFocus(event, () => write(setIn(text, [...path, index], undefined), gesture))}
          >
            {say.removeItem(index + 1)}
          </Button>
        </div>
      ))}
      <Button
        small
        icon="plus"
        data-remains={gesture}
        onClick={() => write(setIn(text, path, [...items, fresh]), gesture)}
      >
        {say.add(labelOf(name, schema))}
      </Button>
    </fieldset>
  );
}
