import { readStored, store } from '../../storage';

const KEPT_AS = 'inlay.jobs';
const MOST = 50; // ids; older ones are forgotten, and a new tab does not show those jobs

function kept(): string[] {
  try {
    const ids: unknown = JSON.parse(readStored('localStorage', KEPT_AS) ?? '[]');
    return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
  } catch {
    return [];
  }
}

/** Remember that this browser has sent a job. */
export const rememberOwn = (id: string): void =>
  void store('localStorage', KEPT_AS, JSON.stringify([...kept(), id].slice(-MOST)));

/** True if this browser has sent the job. */
export const isOfThisBrowser = (id: string): boolean => kept().includes(id);
