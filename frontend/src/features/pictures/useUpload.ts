import { useRef, useState } from 'react';
import { upload } from '../../api/client';
import { ApiProblem } from '../../api/problem';
import type { Upload } from '../../api/types';
import type { Draft } from '../../document/draft';
import { toast } from '../../ui/toasts';
import { words } from '../../words/words';
import { sameLayout } from './sameLayout';

/** Upload pictures. Of several, the one that was sent last counts. The server's sentence is shown if it refuses one.
 * `sending` is true during an upload. `has`: true for a layout that has what the picture is for; the picture is not used
 * in another one. Without it, the picture is for every layout. */
export function useUpload(
  kind: 'mask' | 'picture',
  onKept: (kept: Upload) => void,
  has?: (draft: Draft) => boolean,
): { sending: boolean; send: (picture: Blob | Promise<Blob>) => Promise<void> } {
  const [sending, setSending] = useState(false);
  const sends = useRef(0);
  const send = async (picture: Blob | Promise<Blob>) => {
    const own = ++sends.current;
    const isLast = () => own === sends.current;
    const isSame = has ? sameLayout(has) : () => true;
    setSending(true);
    try {
      const kept = await upload(await picture, kind);
      if (isLast() && isSame()) onKept(kept);
    } catch (error) {
      if (isLast()) toast(error instanceof ApiProblem ? error.message : words.looks.unreadable);
    } finally {
      if (isLast()) setSending(false);
    }
  };
  return { sending, send };
}
