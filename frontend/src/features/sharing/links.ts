import { SERVER } from '../../api/server';

const PAGE = 'shared';
const COPY = '#copy=';

/** The address of the page that shows what a link shares. The token stands behind the #, which browsers send to nobody. */
export const pageOf = (token: string): string => `${SERVER}${PAGE}#${token}`;

/** The address at which the studio opens a copy of what a link shares. */
export const copyOf = (token: string): string => `${SERVER}${COPY}${token}`;

/** The token of the link whose page the browser shows; null on the studio's own page. */
export function tokenOfPage({ pathname, hash }: Location): string | null {
  return pathname.endsWith(`/${PAGE}`) && hash.length > 1 ? hash.slice(1) : null;
}

/** The token of the link of which the studio is to open a copy; null if there is none. */
export const tokenToCopy = ({ hash }: Location): string | null =>
  hash.startsWith(COPY) && hash.length > COPY.length ? hash.slice(COPY.length) : null;
