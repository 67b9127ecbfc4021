import { type UseMutationResult, useMutation } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from 'react';
import { ApiProblem, type Fault } from '../../api/problem';
import { useCompiled, useModels } from '../../api/queries';
import type { Compiled, Job, JobResource, ModelDescription } from '../../api/types';
import { toJob } from '../../document/job';
import { useDraft } from '../../document/store';
import { submit } from './actions';

const SETTLED = 250; // milliseconds without a change before the server is asked what the layout costs

/** The model of the draft: the chosen one, or the first that the server offers. */
export function useModel(): ModelDescription | undefined {
  const chosen = useDraft((now) => now.draft.sampling.model);
  const models = useModels().data;
  return models?.find((model) => model.id === chosen) ?? (chosen === null ? models?.[0] : undefined);
}

/** Pixels per latent cell. */
export const useCell = (): number => useModel()?.cell ?? 8;

/** The job that the draft says, once the models are known, and its graph is JSON. */
export function useDraftJob(): Job | null {
  const draft = useDraft((now) => now.draft);
  const models = useModels().data;
  const model = models?.find((one) => one.id === draft.sampling.model) ?? models?.[0];
  return model ? toJob(draft, { model: model.id, steps: model.defaults.steps }) : null;
}

/** The value as it was when it last stayed the same for a moment; `key` tells whether it is the same. */
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

interface Generating {
  /** What the server says that the draft would run; the last answer while the next is on its way. */
  compiled: Compiled | undefined;
  /** What is wrong with the draft, as the server says. */
  problem: ApiProblem | null;
  faults: readonly Fault[];
  ready: boolean;
  submission: UseMutationResult<JobResource, Error, Job>;
  generate: () => void;
}

const Context = createContext<Generating | null>(null);

/** Checks the draft against the server while it is edited, and submits it. */
export function GenerateProvider({ children }: { children: ReactNode }) {
  const job = useDraftJob();
  const key = JSON.stringify(job);
  const answer = useCompiled(useSettled(job, key));
  const submission = useMutation({ mutationFn: submit });
  const { reset } = submission;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was refused is forgotten once the draft is another
  useEffect(reset, [key]);
  const problem = answer.error instanceof ApiProblem ? answer.error : null;
  const value: Generating = {
    compiled: problem || job === null ? undefined : answer.data,
    problem,
    faults: problem?.faults ?? [],
    ready: job !== null && !submission.isPending,
    submission,
    generate: () => {
      if (!job || submission.isPending) return;
      submission.mutate(job);
      document.getElementById('canvas')?.scrollIntoView({ block: 'nearest', behavior: 'smooth' });
    },
  };
  return <Context value={value}>{children}</Context>;
}

export function useGenerate(): Generating {
  const value = useContext(Context);
  if (!value) throw new Error('useGenerate is used outside of GenerateProvider');
  return value;
}
