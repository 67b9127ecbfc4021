import { useState } from 'react';
import { upload } from '../../api/client';
import { ApiProblem } from '../../api/problem';
import type { Upload } from '../../api/types';
import { toast } from '../../ui/toasts';
import { words } from '../../words/words';

/** Upload pictures. The server's sentence is shown if it refuses one. `sending` is true during an upload. */
export function useUpload(kind: 'mask' | 'picture', onKept: (kept: Upload) => void) {
  const [sending, setSending] = useState(false);
  const send = async (picture: Blob | Promise<Blob>) => {
    setSending(true);
    try {
      onKept(await upload(await picture, kind));
    } catch (error) {
      toast(error instanceof ApiProblem ? error.message : words.looks.unreadable);
    } finally {
      setSending(false);
    }
  };
  return { sending, send };
}
