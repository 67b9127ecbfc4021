import { faultAt } from '../../api/problem';
import { useGenerate } from '../jobs/useGenerate';
import { PromptField } from '../prompts/PromptField';
import { NegativePrompt } from './NegativePrompt';

type Texts = { prompt: string; negative_prompt: string };

/** The prompt and the negative prompt of the whole picture. */
export function WholePrompt(props: {
  label: string;
  texts: Texts;
  placeholder: string;
  onChange: (part: Partial<Texts>, name: string) => void;
}) {
  const { label, texts, placeholder, onChange } = props;
  const { faults } = useGenerate();
  return (
    <>
      <PromptField
        label={label}
        hideLabel
        value={texts.prompt}
        placeholder={placeholder}
        error={faultAt(faults, 'layout', 'prompt')}
        testId="prompt"
        onChange={(text) => onChange({ prompt: text }, 'prompt')}
      />
      <NegativePrompt
        value={texts.negative_prompt}
        onChange={(text) => onChange({ negative_prompt: text }, 'negative')}
      />
    </>
  );
}
