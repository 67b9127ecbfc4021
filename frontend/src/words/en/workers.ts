import { numbers } from './numbers';

/** The words of the list of the server's processes. */
export const workers = {
  title: 'Workers',
  open: 'Show the workers',
  keywords: 'workers processes gpu device memory heartbeat server status reconciler',
  says: 'The processes of this server, as they reported themselves in the last seconds.',
  none: 'No worker is running. Jobs wait until one starts.',
  kinds: { worker: 'Worker', reconciler: 'Reconciler', api: 'API' },
  states: { idle: 'Idle', busy: 'Runs a job', alive: 'Runs', stopping: 'Is stopping', gone: 'Gone' },
  seen: (seconds: number): string => `seen ${numbers.duration(seconds)} ago`,
  up: (seconds: number): string => `started ${numbers.duration(seconds)} ago`,
  job: 'Job',
  device: 'Device',
  free: 'Free memory',
  freeOf: (free: number, total: number): string => `${numbers.gigabytes(free)} of ${numbers.gigabytes(total)}`,
  resident: 'Memory taken',
  takes: (count: number): string => numbers.gigabytes(count),
  models: 'Models in memory',
  noModels: 'none yet',
  version: 'Version',
};
