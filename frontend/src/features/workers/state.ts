import { create } from 'zustand';
import { whoIs } from '../../api/queries';

/** True while the list of workers is open. */
export const useWorkersOpen = create<{ open: boolean }>(() => ({ open: false }));

export const openWorkers = (): void => useWorkersOpen.setState({ open: true });

export const closeWorkers = (): void => useWorkersOpen.setState({ open: false });

/** True if the visitor may see the server's processes, as far as it is known already. */
export const maySeeWorkers = (): boolean => whoIs()?.scope === 'admin';
