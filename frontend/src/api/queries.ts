import { type InfiniteData, QueryClient, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { learnCells } from './cells';
import { api, body, fetchBlob } from './client';
import { ApiProblem, Stopped } from './problem';
import type { Compiled, Job, JobPage, JobResource, Session } from './types';

/** True if a failed request should be repeated: the failure may pass, and the visitor did not stop the request. */
const again = (failures: number, error: Error) =>
  failures < 3 && (error instanceof ApiProblem ? error.status === 0 && !(error instanceof Stopped) : true);

/** Requests are sent even if the browser says that it is offline, because the server is often on the same machine. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: { networkMode: 'always', retry: again, refetchOnWindowFocus: true },
    mutations: { networkMode: 'always' },
  },
});

const JOBS = ['jobs'];
export const isActive = ({ state }: Pick<JobResource, 'state'>): boolean => state === 'queued' || state === 'running';
export const refreshJobs = () => queries.invalidateQueries({ queryKey: JOBS });

/** After the server can be reached again, fetch what may have changed and repeat what failed. */
export async function refreshAfterAbsence(): Promise<void> {
  await Promise.all([refreshJobs(), queries.refetchQueries({ predicate: ({ state }) => state.status === 'error' })]);
}

const WHO = { queryKey: ['who'], queryFn: () => api.GET('/api/session').then(body), staleTime: 60_000 };

/** Who the visitor is for the server. */
export const useWho = () => useQuery(WHO);

/** Who the visitor is, as far as it was asked already. */
export const whoIs = (): Session | undefined => queries.getQueryData<Session>(WHO.queryKey);

const MODELS = {
  queryKey: ['models'],
  queryFn: async () => {
    const found = await api.GET('/api/models').then(body);
    learnCells(found.items.map((model) => model.description));
    return found;
  },
  staleTime: 60_000,
};

/** The descriptions of the models. */
export const useModels = () => useQuery({ ...MODELS, select: ({ items }) => items.map((model) => model.description) });

/** The models with the server's facts about them, such as whether they fit its device. */
export const useOfferedModels = () => useQuery({ ...MODELS, select: ({ items }) => items });

/** ControlNets, LoRAs and IP-Adapters. */
export const useAdapters = () =>
  useQuery({ ...MODELS, select: ({ adapters }) => adapters.map((adapter) => adapter.description) });

export const QUEUE = ['queue'];
export const useQueue = () =>
  useQuery({ queryKey: QUEUE, queryFn: () => api.GET('/api/queue').then(body), refetchInterval: 5_000 });

/** The history, newest first. While a job runs, it is also fetched from time to time, in case the stream is cut off. */
export const useJobs = () =>
  useInfiniteQuery({
    queryKey: JOBS,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => api.GET('/api/jobs', { params: { query: { after: pageParam, limit: 24 } } }).then(body),
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: ({ state }) => (state.data?.pages.some((page) => page.items.some(isActive)) ? 5_000 : false),
    select: ({ pages }) => pages.flatMap((page) => page.items),
  });

/** The newest jobs as they were fetched last, the newest first. */
export const jobsAtHand = (): readonly JobResource[] =>
  queries.getQueryData<InfiniteData<JobPage>>(JOBS)?.pages.flatMap((page) => page.items) ?? [];

/** A job as it was fetched last. */
export const jobOf = (id: string): JobResource | undefined =>
  jobsAtHand().find((job) => job.id === id) ?? queries.getQueryData<JobResource>([...JOBS, 'one', id]);

/** A job that is not among the newest; null asks for none. */
export const useJob = (id: string | null) =>
  useQuery({
    queryKey: [...JOBS, 'one', id],
    queryFn: () => api.GET('/api/jobs/{id}', { params: { path: { id: id as string } } }).then(body),
    enabled: id !== null,
  });

/** The compiled form of a job. The last answer stays until the next one arrives. */
export const useCompiled = (job: Job | null) =>
  useQuery({
    queryKey: ['compile', job],
    queryFn: ({ signal }) => api.POST('/api/compile', { body: job as Job, signal }).then(body),
    enabled: job !== null,
    placeholderData: (last) => last,
    staleTime: 30_000,
    gcTime: 60_000,
  });

/** The compiled form of a job that was accepted, from its resolved document; it never changes. */
const runOf = (job: JobResource | undefined) => ({
  queryKey: ['graph', job?.id],
  queryFn: () => api.POST('/api/compile', { body: (job as JobResource).spec }).then(body),
  enabled: job !== undefined,
  staleTime: Number.POSITIVE_INFINITY,
});

/** The graph that a job runs. */
export const useGraph = (job: JobResource | undefined) => useQuery({ ...runOf(job), select: ({ graph }) => graph });

/** The graph that a job runs, if it was fetched. */
export const graphOf = (id: string) => queries.getQueryData<Compiled>(['graph', id])?.graph;

/** The view-forwards that a job takes. */
export const useForwards = (job: JobResource | undefined) => useQuery({ ...runOf(job), select: ({ cost }) => cost });

interface JobAnswer {
  /** Null if the server does not have the job; undefined as long as this is not known. */
  job: JobResource | null | undefined;
  /** The reason why it is not known; null while the studio waits for it. */
  error: Error | null;
}

/** A job by its id, also one that is older than the history that is loaded. */
export function useJobAnswer(id: string | null): JobAnswer {
  const { data: jobs, error } = useJobs();
  const listed = jobs?.find((job) => job.id === id);
  const fetched = useJob(jobs === undefined || listed ? null : id);
  if (listed) return { job: listed, error: null };
  const gone = fetched.error instanceof ApiProblem && fetched.error.status === 404;
  const job = id === null || gone ? null : fetched.data;
  return { job, error: job === undefined ? (jobs ? fetched.error : error) : null };
}

/** The index of the frames that the server keeps of a run. While the job runs, it is fetched again and again. */
export const useFrameIndex = (job: JobResource | undefined, active: boolean) =>
  useQuery({
    queryKey: ['frames', job?.id, active],
    queryFn: () => api.GET('/api/jobs/{id}/frames', { params: { path: { id: (job as JobResource).id } } }).then(body),
    enabled: job !== undefined && job.state !== 'queued',
    placeholderData: (last) => (last?.job_id === job?.id ? last : undefined),
    refetchInterval: active ? 2_000 : false,
    staleTime: active ? 0 : Number.POSITIVE_INFINITY,
  });

/** A picture of a finished job, as bytes; it never changes. */
export const usePicture = (url: string | undefined) =>
  useQuery({
    queryKey: ['picture', url],
    queryFn: () => fetchBlob(url as string),
    enabled: url !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
