import { useEffect, useRef } from 'react';
import { useOfferedModels } from '../../api/queries';
import { KINDS } from '../../document/read/layout';
import { IconButton } from '../../ui/Button';
import controls from '../../ui/controls.module.css';
import { useNarrow } from '../../ui/useMedia';
import { words } from '../../words/words';
import styles from './gallery.module.css';
import { useTags } from './useGallery';
import type { Wanted } from './wanted';

const said = words.gallery;

interface FilterProps {
  wanted: Wanted;
  onChange: (change: Partial<Wanted>) => void;
}

interface ChoiceProps<T extends string> {
  label: string;
  value: T;
  options: readonly (readonly [T, string])[];
  testId: string;
  onChange: (value: T) => void;
}

function Choice<T extends string>({ label, value, options, testId, onChange }: ChoiceProps<T>) {
  return (
    <select
      className={`${controls.input} ${controls.select} ${styles.filter}`}
      aria-label={label}
      title={label}
      value={value}
      data-testid={testId}
      onChange={({ target }) => onChange(target.value as T)}
    >
      {options.map(([one, says]) => (
        <option key={one} value={one}>
          {says}
        </option>
      ))}
    </select>
  );
}

interface DayProps {
  label: string;
  value: string;
  testId: string;
  onChange: (day: string) => void;
}

const Day = ({ label, value, testId, onChange }: DayProps) => (
  <label className={styles.day}>
    {label}
    <input
      type="date"
      className={controls.input}
      value={value}
      data-testid={testId}
      onChange={({ target }) => onChange(target.value)}
    />
  </label>
);

/** Go on to the first picture that was found. */
const toPictures = () =>
  document.querySelector<HTMLElement>('[role=grid] [role=gridcell] button[tabindex="0"]')?.focus();

/** The search field. It takes the focus from the drawer when the gallery opens; on a phone it would open the keyboard. */
export function Search({ wanted, onChange }: FilterProps) {
  const field = useRef<HTMLInputElement>(null);
  const narrow = useNarrow();
  useEffect(() => {
    if (!narrow && document.activeElement?.contains(field.current)) field.current?.focus();
  }, [narrow]);
  return (
    <div className={styles.search}>
      <input
        ref={field}
        type="search"
        className={controls.input}
        aria-label={said.search}
        placeholder={said.searchHint}
        maxLength={200}
        value={wanted.words}
        data-testid="gallery-search"
        onChange={({ target }) => onChange({ words: target.value })}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown') return;
          event.preventDefault();
          toPictures();
        }}
      />
      {wanted.words !== '' && (
        <IconButton
          small
          className={styles.clear ?? ''}
          label={said.clear}
          icon="close"
          onClick={() => onChange({ words: '' })}
        />
      )}
    </div>
  );
}

const SHOWS = Object.entries(said.shows) as [Wanted['show'], string][];

/** The filters beside the search field. A list names what the server has, and what is chosen. */
export function Filters({ wanted, onChange }: FilterProps) {
  const models = useOfferedModels().data?.map(({ description }) => [description.id, description.title] as const) ?? [];
  const tags = useTags().data?.items.map(({ tag, count }) => [tag, `${tag} (${count})`] as const) ?? [];
  const kinds = KINDS.map((kind) => [kind, words.kinds[kind].name] as const);
  const keep = (options: (readonly [string, string])[], value: string): (readonly [string, string])[] =>
    value === '' || options.some(([one]) => one === value) ? options : [...options, [value, value]];
  return (
    <fieldset className={styles.filters} aria-label={said.filters}>
      <Choice
        label={said.show}
        value={wanted.show}
        options={SHOWS}
        testId="filter-show"
        onChange={(show) => onChange({ show })}
      />
      <Choice
        label={said.layout}
        value={wanted.layout}
        options={[['', said.anyLayout], ...kinds]}
        testId="filter-layout"
        onChange={(layout) => onChange({ layout })}
      />
      <Choice
        label={said.model}
        value={wanted.model}
        options={[['', said.anyModel], ...keep(models, wanted.model)]}
        testId="filter-model"
        onChange={(model) => onChange({ model })}
      />
      <Choice
        label={said.tag}
        value={wanted.tag}
        options={[['', said.anyTag], ...keep(tags, wanted.tag)]}
        testId="filter-tag"
        onChange={(tag) => onChange({ tag })}
      />
      <Day label={said.from} value={wanted.from} testId="filter-from" onChange={(from) => onChange({ from })} />
      <Day label={said.to} value={wanted.to} testId="filter-to" onChange={(to) => onChange({ to })} />
    </fieldset>
  );
}
