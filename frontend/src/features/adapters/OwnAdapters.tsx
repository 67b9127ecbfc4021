import { useAdapters } from '../../api/queries';
import type { Prompted } from '../../api/types';
import { useModel } from '../jobs/useGenerate';
import { ControlFields } from './ControlFields';
import { type AdapterProps, offered } from './fitting';
import { LoraFields } from './LoraFields';
import { ReferenceFields } from './ReferenceFields';

interface OwnAdaptersProps {
  value: Prompted;
  fault: AdapterProps<unknown>['fault'];
  change: AdapterProps<unknown>['change'];
}

/** The adapters of one prompt: those of the server that fit the prompt's model, and those that the prompt names
 * already. Without any, nothing is shown. */
export function OwnAdapters({ value, fault, change }: OwnAdaptersProps) {
  const adapters = useAdapters().data ?? [];
  const model = useModel(value.model);
  const shared = { fault, change };
  return (
    <>
      <ControlFields value={value.control ?? null} choices={offered(adapters, 'controlnet', model)} {...shared} />
      <LoraFields value={value.loras} choices={offered(adapters, 'lora', model)} {...shared} />
      <ReferenceFields value={value.reference ?? null} choices={offered(adapters, 'ip-adapter', model)} {...shared} />
    </>
  );
}
