import { type UseMutationResult, useMutation } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from 'react';
import { useCells } from '../../api/cells';
import { ApiProblem, type Fault, unready } from '../../api/problem';
import { useCompiled, useOfferedModels } from '../../api/queries';
import type { Compiled, Job, JobResource, ModelDescription, OfferedModel } from '../../api/types';
import { canvasOf, type Draft, isUnprompted } from '../../document/draft';
import { fitted } from '../../document/fitted';
import { graphOf } from '../../document/graph';
import { type Defaults, toJob } from '../../document/job';
import { same } from '../../document/same';
import { adjust, useDraft } from '../../document/store';
import { showJob } from '../../session';
import { useReconnected } from '../../stream/useReconnected';
import { goTo, useUnfit } from '../../ui/unfit';
import { words } from '../../words/words';
import { paintedIn, uploaded } from '../painting/uploads';
import { usePaintings } from '../painting/usePaintings';
import { firstChoice } from '../sampling/models';
import { submit } from './actions';
import { setDrafted } from './commands';

const SETTLED = 250; // milliseconds without a change before the server is asked what the layout costs

/** The model of a draft that names none. */
export function useFirstModel(): OfferedModel | undefined {
  const offered = useOfferedModels().data;
  return offered && firstChoice(offered);
}

/** The server's model with this id, or else the draft's model, or else the first choice. */
export function useModel(id?: string | null): ModelDescription | undefined {
  const chosen = useDraft((now) => now.draft.sampling.model);
  const asked = id ?? chosen;
  const offered = useOfferedModels().data;
  const first = useFirstModel();
  return (asked === null ? first : offered?.find(({ description }) => description.id === asked))?.description;
}

/** Pixels per latent cell. */
export const useCell = (): number => useModel()?.cell ?? 8;

/** The side of the pictures that the model was trained on, in pixels. */
export const useNative = (): number => useModel()?.native_size ?? 128;

/** Keep the layouts that nobody has touched at the size of the model's pictures. If another model changes the current
 * one, its picture has another size, and goes. */
export function useFittedLayouts(): void {
  const native = useModel()?.native_size;
  const fittedTo = useDraft((now) => now.draft.fittedTo);
  const cell = useFirstModel()?.description.cell ?? null;
  useEffect(() => useCells.setState({ first: cell }), [cell]);
  const last = useRef<number | undefined>(undefined);
  useEffect(() => {
    if (native === undefined) return;
    const isAnother = last.current !== undefined && last.current !== native;
    last.current = native;
    if (native === fittedTo) return;
    const before = canvasOf(useDraft.getState().draft);
    adjust((draft) => fitted(draft, native));
    if (isAnother && !same(canvasOf(useDraft.getState().draft), before)) showJob(null);
  }, [native, fittedTo]);
}

/** The defaults of the draft's model. If the server does not have it, these are the defaults of the first choice. */
function useDefaults(): Defaults | null {
  const chosen = useModel();
  const first = useFirstModel()?.description;
  const model = chosen ?? first;
  return model ? { model: model.id } : null;
}

/** The last value that did not change for SETTLED milliseconds. Values with the same `key` are the same. */
function useSettled<T>(value: T, key: string): T {
  const latest = useRef(value);
  latest.current = value;
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => key && setSettled(latest.current), SETTLED);
    return () => clearTimeout(timer);
  }, [key]);
  return settled;
}

export interface Sending {
  /** Called with the job once it is submitted. */
  sent?: ((job: JobResource) => void) | undefined;
  /** Called if no job is submitted: with the error, or without one if the visitor decided against it, a field stops it,
   * or another job is being sent. */
  unsent?: ((error?: unknown) => void) | undefined;
  /** The job goes before the visitor's other waiting jobs. */
  first?: boolean | undefined;
}

interface Generating {
  /** The job of the draft; null until the models are known and a custom graph is valid JSON. */
  job: Job | null;
  /** The draft of which `job` is made: what is painted in it is uploaded. */
  sent: Draft;
  /** The job of the draft with its latest edits, once what is painted is uploaded. Throws an `ApiProblem`. */
  prepare: () => Promise<Job>;
  /** The server's compiled form of the draft. The last answer stays until the next one arrives. */
  compiled: Compiled | undefined;
  /** The server's problem with the draft. */
  problem: ApiProblem | null;
  faults: readonly Fault[];
  ready: boolean;
  /** The draft has no prompt, and the visitor is asked if it should be generated nevertheless. */
  asking: boolean;
  answer: (generates: boolean) => void;
  submission: UseMutationResult<JobResource, Error, Sending>;
  /** Submit the draft, and call `sent` with the job. */
  generate: (sending?: Sending) => void;
}

const Context = createContext<Generating | null>(null);

/** Checks the draft against the server while it is edited, and submits it. */
export function GenerateProvider({ children }: { children: ReactNode }) {
  const draft = useDraft((now) => now.draft);
  const offered = useOfferedModels().data;
  const defaults = useDefaults();
  const paintings = JSON.stringify(paintedIn(draft));
  const { shown: sent, error: unpainted } = usePaintings(draft, useSettled(paintings, paintings) === paintings);
  const job = defaults && toJob(sent, defaults);
  const key = JSON.stringify(job);
  const answer = useCompiled(useSettled(job, key));
  const prepare = async () => {
    if (!defaults) throw unready(offered ? words.shell.noModel : words.api.noModels);
    const latest = await uploaded(useDraft.getState().draft);
    const made = toJob(latest, defaults);
    if (!made) throw unready(graphOf(latest.custom.text).error ?? words.graph.notMade);
    return made;
  };
  const submission = useMutation({
    mutationFn: async ({ sent, first }: Sending) => {
      const made = await submit(await prepare(), first);
      sent?.(made);
      return made;
    },
    onError: (error, { unsent }) => unsent?.(error),
  });
  const [asked, setAsked] = useState<Sending | null>(null); // what waits for an answer
  const fit = useUnfit((now) => now.fields.length === 0);
  const { reset } = submission;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a refusal is forgotten as soon as the draft changes
  useEffect(() => {
    if (!submission.isPending) reset(); // or its answer would be lost
  }, [key]);
  useReconnected(() => {
    if (submission.error instanceof ApiProblem && submission.error.status === 0) reset(); // the server was out of reach
  });
  const send = (sending: Sending) => {
    if (submission.isPending) return sending.unsent?.();
    submission.mutate(sending);
    document.getElementById('canvas')?.scrollIntoView({ block: 'nearest', behavior: 'smooth' });
  };
  const error = unpainted ?? answer.error;
  const problem = error instanceof ApiProblem ? error : null;
  const value: Generating = {
    job,
    sent,
    prepare,
    compiled: problem || job === null ? undefined : answer.data,
    problem,
    faults: problem?.faults ?? [],
    ready: job !== null && !submission.isPending && fit,
    asking: asked !== null,
    answer: (generates) => {
      setAsked(null);
      if (generates && asked) send(asked);
      else asked?.unsent?.();
    },
    submission,
    generate: (sending = {}) => {
      const [unfit] = useUnfit.getState().fields;
      if (unfit) {
        goTo(unfit.id);
        sending.unsent?.();
      } else if (isUnprompted(useDraft.getState().draft)) setAsked(sending);
      else send(sending);
    },
  };
  useEffect(() => {
    setDrafted(value);
    return () => setDrafted(null);
  });
  return <Context value={value}>{children}</Context>;
}

export function useGenerate(): Generating {
  const value = useContext(Context);
  if (!value) throw new Error('useGenerate is used outside of GenerateProvider');
  return value;
}
