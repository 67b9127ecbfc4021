import type { Control, Prompted } from '../../api/types';
import { choice, type Fields, field, list, numbers, object, only, optional, range } from './fields';

const SHOWN = ['picture', 'edges'] as const;

/** Read the input of a ControlNet: a pose or a picture. */
function readControl(value: unknown, where: string): Control {
  const control = object(value, where);
  const common = {
    strength: field(control, where, 'strength', 'number', 1),
    active: range(control.active, `${where}.active`),
  };
  const kind = choice(control, where, 'kind', ['pose', ...SHOWN], 'pose');
  if (kind !== 'pose') {
    only(control, where, ['kind', 'picture', 'controlnet', 'strength', 'active']);
    const named = (name: string) => field(control, where, name, 'string');
    return { kind, picture: named('picture'), controlnet: named('controlnet'), ...common };
  }
  only(control, where, ['kind', 'joints', 'strength', 'active', 'controlnet']);
  const joints = list(control.joints, `${where}.joints`);
  return {
    kind,
    joints: joints.map((joint, at) => numbers(joint, `${where}.joints.${at}`, 2)),
    controlnet: optional(control, where, 'controlnet', 'string'),
    ...common,
  };
}

function readLora(value: unknown, where: string) {
  const lora = object(value, where);
  only(lora, where, ['lora', 'weight']);
  return { lora: field(lora, where, 'lora', 'string'), weight: field(lora, where, 'weight', 'number', 1) };
}

function readReference(value: unknown, where: string) {
  const reference = object(value, where);
  only(reference, where, ['adapter', 'picture', 'weight']);
  return {
    adapter: field(reference, where, 'adapter', 'string'),
    picture: field(reference, where, 'picture', 'string'),
    weight: field(reference, where, 'weight', 'number', 1),
  };
}

/** Read the adapters of a prompt. */
export function readAdapters(one: Fields, where: string): Pick<Prompted, 'control' | 'loras' | 'reference'> {
  return {
    control: one.control == null ? null : readControl(one.control, `${where}.control`),
    loras: list(one.loras ?? [], `${where}.loras`).map((lora, at) => readLora(lora, `${where}.loras.${at}`)),
    reference: one.reference == null ? null : readReference(one.reference, `${where}.reference`),
  };
}
