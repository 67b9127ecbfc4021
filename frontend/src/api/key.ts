import { create } from 'zustand';

const NAME = 'inlay.key';

interface KeyState {
  key: string | null;
  wanted: boolean;
}

/** The API key of this tab, kept until the tab closes; `wanted` once the server has refused a request without one. */
export const useKey = create<KeyState>(() => ({ key: sessionStorage.getItem(NAME), wanted: false }));

export function giveKey(key: string): void {
  sessionStorage.setItem(NAME, key);
  useKey.setState({ key, wanted: false });
}

export const authorization = (): Record<string, string> => {
  const { key } = useKey.getState();
  return key ? { Authorization: `Bearer ${key}` } : {};
};
