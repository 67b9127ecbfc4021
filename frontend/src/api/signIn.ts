import { create } from 'zustand';
import { store } from '../storage';

/** The header that the server asks for where the browser's cookie speaks for a request. Pages of other sites cannot
 * send it. */
const OWN_PAGE = 'X-Inlay-Request';

/** `wanted`: the server has refused a request, because this browser is not signed in. `closed`: the visitor has closed
 * the dialog that asks for the key. `times` counts the sign-ins of this page. */
export const useSignIn = create(() => ({ wanted: false, closed: false, times: 0 }));

/** The headers that every request to the API has. */
export const ownHeaders = (): Record<string, string> => ({ [OWN_PAGE]: String(useSignIn.getState().times) });

/** True if the visitor has asked for something. The studio itself asks for lists and for tickets of the stream. */
const isAsked = ({ method, url }: Request): boolean => method !== 'GET' && !url.endsWith('/api/stream/ticket');

/** Ask the visitor to sign in, unless they have done so since the request was sent. A visitor who has closed the dialog
 * is asked again for what they do, not for what the studio does by itself. */
export function noteRefusal(request: Request): void {
  const { times, closed } = useSignIn.getState();
  if (request.headers.get(OWN_PAGE) !== String(times)) return;
  useSignIn.setState({ wanted: true, closed: closed && !isAsked(request) });
}

export const noteSignIn = () => useSignIn.setState(({ times }) => ({ wanted: false, closed: false, times: times + 1 }));

store('sessionStorage', 'inlay.key', null); // earlier versions kept the key here
