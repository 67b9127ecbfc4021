/** The server's address, with a slash at its end: the folder of the studio's page, so also the path that a proxy adds. */
export const SERVER = new URL('.', document.baseURI).href;

/** The address behind a link of the API. One that begins with /api lies below the studio's page; a server that knows the
 * path before it writes that path too. */
export const addressOf = (link: string): string =>
  new URL(link.startsWith('/api/') ? link.slice(1) : link, SERVER).href;
