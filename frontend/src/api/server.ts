/** The server's address, with a slash at its end. It is the folder of the studio's page, including the path that a
 * proxy adds. */
export const SERVER = new URL('.', document.baseURI).href;

/** The address of a link in the API's answers. A link that begins with /api is below the studio's page. A server that
 * knows its path behind a proxy writes that path into the link. */
export const addressOf = (link: string): string =>
  new URL(link.startsWith('/api/') ? link.slice(1) : link, SERVER).href;
