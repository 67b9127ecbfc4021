import { faultAt } from '../../api/problem';
import { words } from '../../words/words';
import { useGenerate } from '../jobs/useGenerate';
import { PromptField } from '../prompts/PromptField';
import { Fold } from './Fold';

/** The negative prompt of the whole picture, in a fold. */
export function NegativePrompt({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  const { faults } = useGenerate();
  const error = faultAt(faults, 'layout', 'negative_prompt');
  return (
    <Fold summary={words.terms.negativePrompt} note={value} faulty={error !== undefined}>
      <PromptField
        label={words.terms.negativePrompt}
        hideLabel
        hint={words.layout.negativeHint}
        negative
        value={value}
        error={error}
        testId="negative-prompt"
        onChange={onChange}
      />
    </Fold>
  );
}
