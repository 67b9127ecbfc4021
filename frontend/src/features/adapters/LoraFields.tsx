import { LIMITS } from '../../api/limits';
import type { Prompted } from '../../api/types';
import { IconButton } from '../../ui/Button';
import { keepFocus } from '../../ui/keepFocus';
import { NumberField } from '../../ui/NumberField';
import { SelectField } from '../../ui/SelectField';
import { words } from '../../words/words';
import styles from '../layout/layout.module.css';
import type { AdapterProps } from './fitting';

type Use = Prompted['loras'][number];

/** The LoRAs of one prompt, each with its weight. */
export function LoraFields({ value, choices, fault, change }: AdapterProps<readonly Use[]>) {
  const titles = new Map(choices);
  const free = choices.filter(([id]) => value.every(({ lora }) => lora !== id));
  if (value.length === 0 && free.length === 0) return null;
  const set = (loras: Use[], name: string) => change({ loras }, name);
  const remove = (gone: string) =>
    set(
      value.filter(({ lora }) => lora !== gone),
      'loras',
    );
  return (
    <fieldset className={styles.group} aria-label={words.adapters.loras} tabIndex={-1}>
      {value.map(({ lora, weight }, at) => (
        <div key={lora} className={styles.lora} data-testid={`lora-${lora}`}>
          <NumberField
            label={titles.get(lora) ?? words.adapters.notForModel(lora)}
            hint={words.adapters.loraHint}
            value={weight}
            {...LIMITS.LoraUse.weight}
            step={0.1}
            error={fault('loras', at)}
            onCommit={(next) =>
              set(
                value.map((one) => (one.lora === lora ? { lora, weight: next } : one)),
                `lora ${lora}`,
              )
            }
          />
          <IconButton
            label={words.adapters.remove(titles.get(lora) ?? lora)}
            icon="close"
            look="danger"
            data-removes="lora"
            onClick={(event) => keepFocus(event, () => remove(lora))}
          />
        </div>
      ))}
      {free.length > 0 && value.length < LIMITS.Prompted.loras.most && (
        <SelectField
          label={value.length > 0 ? words.adapters.anotherLora : words.adapters.lora}
          value=""
          options={[['', words.adapters.noLora], ...free]}
          testId="add-lora"
          onChange={(lora) => lora && set([...value, { lora, weight: 1 }], 'loras')}
        />
      )}
    </fieldset>
  );
}
