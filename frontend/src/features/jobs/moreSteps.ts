import { create } from 'zustand';

/** The job for which the dialog asks how many steps it goes on; null while the dialog is closed. */
export const useAsking = create<{ job: string | null }>(() => ({ job: null }));
