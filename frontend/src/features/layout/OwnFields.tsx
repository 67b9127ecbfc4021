import { LIMITS } from '../../api/limits';
import { faultAt, type Location } from '../../api/problem';
import type { Prompted } from '../../api/types';
import type { Change } from '../../document/change';
import { NumberField } from '../../ui/NumberField';
import { words } from '../../words/words';
import { OwnAdapters } from '../adapters/OwnAdapters';
import { useGenerate } from '../jobs/useGenerate';
import { PromptField } from '../prompts/PromptField';
import { ActiveRange } from './ActiveRange';
import { FadeFields } from './FadeFields';
import { Fold } from './Fold';
import styles from './layout.module.css';
import { OwnModel } from './OwnModel';
import { isOwn, ownParts } from './own';
import { SeedField } from './SeedField';

export type ChangePrompted = (part: Change<Prompted>, name: string) => void;

interface OwnFieldsProps {
  summary: string;
  value: Prompted;
  /** The location of the prompt in the job document. */
  at: Location;
  /** The settings that this prompt may have besides guidance and a negative prompt. */
  offers: readonly ('seed' | 'model' | 'active')[];
  change: ChangePrompted;
}

/** The own settings of one prompt, in a fold. */
export function OwnFields({ summary, value, at, offers, change }: OwnFieldsProps) {
  const { faults } = useGenerate();
  const fault = (...more: Location) => faultAt(faults, ...at, ...more);
  return (
    <Fold
      summary={summary}
      note={ownParts(value).join(words.numbers.comma)}
      testId="own-fields"
      faulty={faults.some((one) => isOwn(one, at))}
    >
      <PromptField
        label={words.terms.negativePrompt}
        hint={words.layout.negativePartHint}
        negative
        model={value.model}
        value={value.negative_prompt}
        error={fault('negative_prompt')}
        onChange={(negative_prompt) => change({ negative_prompt }, 'negative')}
      />
      {offers.includes('seed') && (
        <SeedField
          label={words.terms.seed}
          placeholder={words.layout.asPicture}
          value={value.seed}
          error={fault('seed')}
          onChange={(seed) => change({ seed }, 'seed')}
        />
      )}
      <div className={styles.two}>
        <NumberField
          optional
          label={words.terms.guidance}
          {...LIMITS.Prompted.guidance}
          step={0.5}
          placeholder={words.layout.asPicture}
          value={value.guidance ?? null}
          error={fault('guidance')}
          onCommit={(guidance) => change({ guidance }, 'guidance')}
        />
        <NumberField
          optional
          label={words.terms.guidanceRescale}
          {...LIMITS.Prompted.guidance_rescale}
          step={0.1}
          placeholder={words.layout.asPicture}
          value={value.guidance_rescale ?? null}
          error={fault('guidance_rescale')}
          testId="own-rescale"
          onCommit={(guidance_rescale) => change({ guidance_rescale }, 'rescale')}
        />
      </div>
      {offers.includes('model') && (
        <OwnModel value={value.model ?? null} error={fault('model')} onChange={(model) => change({ model }, 'model')} />
      )}
      {offers.includes('active') && (
        <>
          <ActiveRange
            value={value.active}
            error={fault('active')}
            onChange={(active) => change({ active }, 'active')}
          />
          <FadeFields
            value={value.fade}
            active={value.active}
            error={fault('fade')}
            onChange={(fade) => change({ fade }, 'fade')}
          />
        </>
      )}
      <OwnAdapters value={value} fault={fault} change={change} />
    </Fold>
  );
}
