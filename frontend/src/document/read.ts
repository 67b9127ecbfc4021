import type { Job, Layout } from '../api/types';
import type { Draft } from './draft';

/** A file that is not a job document; the message says where and why. */
export class NotAJob extends Error {}

type Record_ = Record<string, unknown>;

const isRecord = (value: unknown): value is Record_ =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function object(value: unknown, where: string): Record_ {
  if (!isRecord(value)) throw new NotAJob(`${where} should be an object.`);
  return value;
}

function list(value: unknown, where: string): unknown[] {
  if (!Array.isArray(value)) throw new NotAJob(`${where} should be a list.`);
  return value;
}

function only(value: Record_, where: string, fields: readonly string[]): void {
  const stranger = Object.keys(value).find((field) => !fields.includes(field));
  if (stranger) throw new NotAJob(`${where} has a field that the studio does not know: ${stranger}.`);
}

function field<T>(value: Record_, where: string, name: string, kind: 'string' | 'number', fallback?: T): T {
  const found = value[name] ?? fallback;
  if (found === fallback && fallback !== undefined) return fallback;
  if (typeof found !== kind) throw new NotAJob(`${where}.${name} should be a ${kind}.`);
  return found as T;
}

const optional = (value: Record_, where: string, name: string): number | null =>
  value[name] == null ? null : field<number>(value, where, name, 'number');

function readCanvas(value: unknown) {
  const canvas = object(value, 'layout.canvas');
  only(canvas, 'layout.canvas', ['width', 'height', 'wrap']);
  const wrap = canvas.wrap ?? 'none';
  if (wrap !== 'none' && wrap !== 'x' && wrap !== 'y' && wrap !== 'both') {
    throw new NotAJob('layout.canvas.wrap should be none, x, y or both.');
  }
  const side = (name: string) => field<number>(canvas, 'layout.canvas', name, 'number');
  return { width: side('width'), height: side('height'), wrap: wrap as 'none' | 'x' | 'y' | 'both' };
}

const PROMPTED = ['prompt', 'negative_prompt', 'guidance', 'model', 'control', 'seed', 'active'];

function readPrompted(value: unknown, where: string, more: readonly string[] = []) {
  const one = object(value, where);
  only(one, where, [...PROMPTED, ...more]);
  if (one.control != null) throw new NotAJob(`${where}.control: the studio cannot edit pose controls yet.`);
  const [from, to] = one.active == null ? [0, 1] : list(one.active, `${where}.active`);
  if (typeof from !== 'number' || typeof to !== 'number') throw new NotAJob(`${where}.active should be two numbers.`);
  return {
    prompt: field<string>(one, where, 'prompt', 'string'),
    negative_prompt: field<string>(one, where, 'negative_prompt', 'string', ''),
    guidance: optional(one, where, 'guidance'),
    model: one.model == null ? null : field<string>(one, where, 'model', 'string'),
    seed: optional(one, where, 'seed'),
    active: [from, to],
  };
}

function readPatch(value: unknown, where: string) {
  const patch = object(value, where);
  const box = object(patch.box, `${where}.box`);
  only(box, `${where}.box`, ['x', 'y', 'width', 'height']);
  const number = (name: string) => field<number>(box, `${where}.box`, name, 'number');
  return {
    ...readPrompted(patch, where, ['id', 'box', 'weight', 'feather']),
    id: field<string>(patch, where, 'id', 'string'),
    box: { x: number('x'), y: number('y'), width: number('width'), height: number('height') },
    weight: field<number>(patch, where, 'weight', 'number', 1),
    feather: field<number>(patch, where, 'feather', 'number', 0),
  };
}

function readLayout(value: unknown): Layout {
  const layout = object(value, 'layout');
  const canvas = readCanvas(layout.canvas);
  const negative_prompt = field<string>(layout, 'layout', 'negative_prompt', 'string', '');
  if (layout.kind === 'regions') {
    only(layout, 'layout', ['kind', 'canvas', 'prompt', 'negative_prompt', 'patches', 'bootstrap']);
    const prompt = field<string>(layout, 'layout', 'prompt', 'string');
    const patches = list(layout.patches ?? [], 'layout.patches').map((one, at) =>
      readPatch(one, `layout.patches.${at}`),
    );
    const bootstrap = field<number>(layout, 'layout', 'bootstrap', 'number', 0);
    return { kind: 'regions', canvas, prompt, negative_prompt, patches, bootstrap };
  }
  if (layout.kind !== 'panorama') throw new NotAJob('layout.kind should be panorama or regions.');
  only(layout, 'layout', ['kind', 'canvas', 'axis', 'prompt', 'windows', 'negative_prompt']);
  const axis = layout.axis === 'y' ? 'y' : 'x';
  const base = { kind: 'panorama' as const, canvas, axis: axis as 'x' | 'y', negative_prompt };
  if (layout.windows == null) return { ...base, prompt: field<string>(layout, 'layout', 'prompt', 'string') };
  const windows = list(layout.windows, 'layout.windows').map((one, at) => readPrompted(one, `layout.windows.${at}`));
  if (windows.length === 0) throw new NotAJob('layout.windows should hold at least one prompt.');
  return { ...base, windows };
}

function readSampling(value: unknown): Job['sampling'] {
  const sampling = object(value, 'sampling');
  only(sampling, 'sampling', [
    ...['model', 'steps', 'scheduler', 'guidance', 'eta', 'seed'],
    ...['agree', 'harmonise', 'corrector_steps', 'coarse', 'windows'],
  ]);
  const windows = object(sampling.windows ?? {}, 'sampling.windows');
  only(windows, 'sampling.windows', ['size', 'stride', 'weights', 'shift']);
  return {
    model: field<string>(sampling, 'sampling', 'model', 'string'),
    steps: field<number>(sampling, 'sampling', 'steps', 'number', 30),
    scheduler:
      sampling.scheduler == null ? null : (field<string>(sampling, 'sampling', 'scheduler', 'string') as 'ddim'),
    guidance: optional(sampling, 'sampling', 'guidance'),
    eta: optional(sampling, 'sampling', 'eta'),
    seed: optional(sampling, 'sampling', 'seed'),
    agree: { solver: 'auto', step_size: 'fixed' },
    harmonise: field<number>(sampling, 'sampling', 'harmonise', 'number', 0),
    corrector_steps: field<number>(sampling, 'sampling', 'corrector_steps', 'number', 0),
    windows: {
      weights: 'uniform',
      shift: false,
      size: optional(windows, 'sampling.windows', 'size'),
      stride: optional(windows, 'sampling.windows', 'stride'),
    },
  };
}

/** Read a job document from the text of a file. Its layout and sampling are taken; the model's version, which a new job is
 * pinned to anew, is left behind. Throws `NotAJob`. */
export function readJob(text: string): Job {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new NotAJob('The file is not JSON.');
  }
  const job = object(parsed, 'The document');
  only(job, 'The document', ['layout', 'sampling', 'preview', 'outputs', 'images', 'models']);
  return { layout: readLayout(job.layout), sampling: readSampling(job.sampling), preview: { every: 1 }, images: 1 };
}

/** Whether a saved draft can still be edited by this version of the studio. */
export function isDraft(value: unknown): value is Draft {
  try {
    const draft = object(value, 'draft');
    const panorama = object(draft.panorama, 'panorama');
    const anchors = list(panorama.anchors, 'anchors').map((one) => readPrompted(one, 'anchors', ['id']));
    readLayout({ ...object(draft.regions, 'regions'), kind: 'regions' });
    readCanvas(panorama.canvas);
    readSampling({ ...object(draft.sampling, 'sampling'), model: '', steps: 1 });
    return (draft.kind === 'panorama' || draft.kind === 'regions') && anchors.length > 0;
  } catch {
    return false;
  }
}
