/** The choice of the language. Languages are named in themselves. */
export const language = {
  title: 'Language',
  keywords: 'language translation locale english persian farsi',
  auto: 'As the browser',
  use: (name: string) => `Language: ${name}`,
  notLoaded:
    'The language could not be loaded. The server does not answer, or it has a newer version. Reload the page.',
};
