import { faultAt } from '../../api/problem';
import { useGenerate } from '../jobs/useGenerate';
import { Fold } from './Fold';
import { PromptField } from './PromptField';

type Words = { prompt: string; negative_prompt: string };

/** What the whole picture is asked for, and what is kept out of it. */
export function WholePrompt(props: {
  label: string;
  words: Words;
  placeholder: string;
  onChange: (part: Partial<Words>, name: string) => void;
}) {
  const { label, words, placeholder, onChange } = props;
  const { faults } = useGenerate();
  return (
    <>
      <PromptField
        label={label}
        hideLabel
        value={words.prompt}
        placeholder={placeholder}
        error={faultAt(faults, 'layout', 'prompt')}
        testId="prompt"
        onChange={(text) => onChange({ prompt: text }, 'prompt')}
      />
      <Fold summary="To keep out of the whole picture">
        <PromptField
          label="Negative prompt"
          short
          value={words.negative_prompt}
          onChange={(text) => onChange({ negative_prompt: text }, 'negative')}
        />
      </Fold>
    </>
  );
}
