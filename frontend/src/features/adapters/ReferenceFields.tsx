import { LIMITS } from '../../api/limits';
import type { Prompted } from '../../api/types';
import { NumberField } from '../../ui/NumberField';
import { SelectField } from '../../ui/SelectField';
import { words } from '../../words/words';
import styles from '../layout/layout.module.css';
import { PictureField } from '../pictures/PictureField';
import { type AdapterProps, withTaken } from './fitting';

type Reference = NonNullable<Prompted['reference']>;

/** The reference picture of a prompt, for an IP-Adapter. */
export function ReferenceFields({ value, choices, fault, change }: AdapterProps<Reference | null>) {
  const [first] = choices;
  if (!value && !first) return null;
  const set = (part: Partial<Reference>, name: string) => value && change({ reference: { ...value, ...part } }, name);
  /** The reference with an upload; nothing if it was removed while the picture was sent. */
  const taken = (now: Prompted['reference'], picture: string): Partial<Prompted> => {
    const known = now ?? (!value && first ? { adapter: first[0], weight: 1 } : null);
    return known ? { reference: { ...known, picture } } : {};
  };
  return (
    <fieldset className={styles.group}>
      <PictureField
        label={words.adapters.reference}
        hint={value ? undefined : words.adapters.referenceHint}
        value={value?.picture ?? null}
        error={fault('reference', 'picture')}
        testId="reference-picture"
        onChange={({ id }) => change(({ reference }) => taken(reference, id), 'reference picture')}
        onRemove={() => change({ reference: null }, 'reference picture')}
      />
      {value && (
        <div className={styles.two}>
          <SelectField
            label={words.adapters.ipAdapter}
            value={value.adapter}
            options={withTaken(choices, value.adapter)}
            error={fault('reference', 'adapter')}
            testId="reference-adapter"
            onChange={(adapter) => set({ adapter }, 'reference adapter')}
          />
          <NumberField
            label={words.terms.weight}
            value={value.weight}
            {...LIMITS.Reference.weight}
            step={0.1}
            error={fault('reference', 'weight')}
            testId="reference-weight"
            onCommit={(weight) => set({ weight }, 'reference weight')}
          />
        </div>
      )}
    </fieldset>
  );
}
