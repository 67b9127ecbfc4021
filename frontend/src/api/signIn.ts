import { create } from 'zustand';
import { store } from '../storage';

/** The header that the server asks for where the browser's cookie speaks for a request. Pages of other sites cannot
 * send it. */
const OWN_PAGE = 'X-Inlay-Request';

/** `wanted`: the server has refused a request, because this browser is not signed in. `times` counts the sign-ins of
 * this page. */
export const useSignIn = create(() => ({ wanted: false, times: 0 }));

/** The headers that every request to the API has. */
export const ownHeaders = (): Record<string, string> => ({ [OWN_PAGE]: String(useSignIn.getState().times) });

/** Ask the visitor to sign in, unless they have done so since the request was sent. */
export function noteRefusal(request: Request): void {
  const { times } = useSignIn.getState();
  if (request.headers.get(OWN_PAGE) === String(times)) useSignIn.setState({ wanted: true });
}

export const noteSignIn = () => useSignIn.setState(({ times }) => ({ wanted: false, times: times + 1 }));

store('sessionStorage', 'inlay.key', null); // earlier versions kept the key here
