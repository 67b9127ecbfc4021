/** The words of the colour scheme. */
export const theme = {
  title: 'Colours',
  keywords: 'theme colour scheme appearance',
  auto: 'As the system',
  light: 'Light',
  dark: 'Dark',
  use: (name: string) => `Colours: ${name.toLowerCase()}`,
};
