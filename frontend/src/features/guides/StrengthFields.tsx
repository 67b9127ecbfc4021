import type { ReactNode } from 'react';
import { LIMITS } from '../../api/limits';
import type { Guide } from '../../document/guide';
import { NumberField } from '../../ui/NumberField';
import { words } from '../../words/words';
import { ActiveRange } from '../layout/ActiveRange';
import { FadeFields } from '../layout/FadeFields';
import { Fold } from '../layout/Fold';
import layout from '../layout/layout.module.css';
import type { GuideFields } from './useGuide';

/** How strongly a guide acts, how much the picture may vary about it, and in which steps it acts. */
export function StrengthFields({ guide, fault, change, children }: GuideFields<Guide> & { children?: ReactNode }) {
  return (
    <>
      <div className={layout.two}>
        <NumberField
          label={words.terms.weight}
          hint={words.guides.weightHint}
          {...LIMITS.Palette.weight}
          value={guide.weight}
          error={fault('weight')}
          testId="guide-weight"
          onCommit={(weight) => change({ weight }, 'weight')}
        />
        <NumberField
          label={words.guides.deviation}
          hint={words.guides.deviationHint}
          {...LIMITS.Palette.deviation}
          step={0.1}
          value={guide.deviation}
          error={fault('deviation')}
          testId="guide-deviation"
          onCommit={(deviation) => change({ deviation }, 'deviation')}
        />
      </div>
      <Fold
        summary={words.guides.more}
        faulty={(fault('scale') ?? fault('active') ?? fault('fade')) !== undefined}
        testId="guide-more"
      >
        {children}
        <ActiveRange value={guide.active} error={fault('active')} onChange={(active) => change({ active }, 'active')} />
        <FadeFields
          value={guide.fade}
          active={guide.active}
          error={fault('fade')}
          onChange={(fade) => change({ fade }, 'fade')}
        />
      </Fold>
    </>
  );
}
