import { create } from 'zustand';
import { readStored, store } from '../storage';

const NAME = 'inlay.key';

interface KeyState {
  key: string | null;
  wanted: boolean;
}

/** The API key of this tab, kept until the tab closes; `wanted` once the server has refused a request without one. */
export const useKey = create<KeyState>(() => ({ key: readStored('sessionStorage', NAME), wanted: false }));

export function giveKey(key: string): void {
  store('sessionStorage', NAME, key);
  useKey.setState({ key, wanted: false });
}

export const authorization = (): Record<string, string> => {
  const { key } = useKey.getState();
  return key ? { Authorization: `Bearer ${key}` } : {};
};
