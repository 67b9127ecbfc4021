import { upload } from '../../api/client';
import { ApiProblem } from '../../api/problem';
import type { Upload } from '../../api/types';
import { toast } from '../../ui/toasts';
import { words } from '../../words/words';

let sending = false;

/** Upload a picture, then use it. An error is shown as a message. During an upload, another press only
 * says so. */
export async function withUpload(picture: () => Promise<Blob>, then: (kept: Upload) => void): Promise<void> {
  if (sending) {
    toast(words.pictures.stillSending);
    return;
  }
  sending = true;
  try {
    then(await upload(await picture(), 'picture'));
  } catch (error) {
    toast(error instanceof ApiProblem ? error.message : words.looks.unreadable);
  } finally {
    sending = false;
  }
}
