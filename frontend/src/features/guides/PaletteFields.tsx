import type { PaletteColour } from '../../document/guide';
import { hexOf, unitsOf } from '../../geometry/colour';
import { ColourField } from '../../ui/ColourField';
import { words } from '../../words/words';
import { AreaFields } from './AreaFields';
import { ScaleField } from './ScaleField';
import { StrengthFields } from './StrengthFields';
import type { GuideFields } from './useGuide';

/** One colour for a part of the picture. */
export function PaletteFields({ guide, fault, change }: GuideFields<PaletteColour>) {
  return (
    <>
      <ColourField
        label={words.guides.colour}
        value={hexOf(guide.colour)}
        error={fault('colour')}
        testId="palette-colour"
        onChange={(hex) => change({ colour: unitsOf(hex) }, 'colour')}
      />
      <AreaFields guide={guide} fault={fault} change={change} />
      <StrengthFields guide={guide} fault={fault} change={change}>
        <ScaleField guide={guide} fault={fault} change={change} />
      </StrengthFields>
    </>
  );
}
