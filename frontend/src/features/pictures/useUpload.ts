import { useState } from 'react';
import { upload } from '../../api/client';
import { ApiProblem } from '../../api/problem';
import type { Upload } from '../../api/types';
import { toast } from '../../ui/toasts';

/** Send pictures to the server; what it refuses, it says itself. `sending` while one is on its way. */
export function useUpload(kind: 'mask' | 'picture', onKept: (kept: Upload) => void) {
  const [sending, setSending] = useState(false);
  const send = async (picture: Blob) => {
    setSending(true);
    try {
      onKept(await upload(picture, kind));
    } catch (error) {
      toast(error instanceof ApiProblem ? error.message : 'The picture could not be read.');
    } finally {
      setSending(false);
    }
  };
  return { sending, send };
}
