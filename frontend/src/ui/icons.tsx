const PATHS = {
  box: 'M3.5 4.5h9v7h-9z M1.5 4.5h2m0-2v2 M12.5 2.5v2h2 M3.5 13.5v-2h-2 M12.5 13.5v-2h2',
  select: 'M4 2.5l8.5 5-3.7 1-1.9 3.6z',
  undo: 'M6 3L2.8 6.2 6 9.4 M3 6.2h6.4a3.4 3.4 0 0 1 0 6.8H6',
  redo: 'M10 3l3.2 3.2L10 9.4 M13 6.2H6.6a3.4 3.4 0 0 0 0 6.8H10',
  copy: 'M5.5 5.5h8v8h-8z M10.5 5.5v-3h-8v8h3',
  trash: 'M2.5 4.5h11 M6 4.5v-2h4v2 M4 4.5l.7 9h6.6l.7-9 M6.8 7v4 M9.2 7v4',
  up: 'M8 13V3.5 M4 7.2l4-4 4 4',
  down: 'M8 3v9.5 M4 8.8l4 4 4-4',
  forward: 'M8 13.2V5.6 M4.8 8.6L8 5.4l3.2 3.2 M3 2.8h10',
  backward: 'M8 2.8v7.6 M4.8 7.4L8 10.6l3.2-3.2 M3 13.2h10',
  plus: 'M8 3v10 M3 8h10',
  close: 'M4 4l8 8 M12 4l-8 8',
  dice: 'M3 3h10v10H3z M5.8 5.8h.01 M10.2 5.8h.01 M8 8h.01 M5.8 10.2h.01 M10.2 10.2h.01',
  download: 'M8 2.5v7.5 M4.7 6.8L8 10.1l3.3-3.3 M2.8 13h10.4',
  open: 'M2.5 12.5v-9h4l1.5 2h5.5v7z',
  retry: 'M13 8a5 5 0 1 1-1.6-3.7 M13 2.5v3h-3',
  more: 'M3.5 8h.01 M8 8h.01 M12.5 8h.01',
  help: 'M6 6a2 2 0 1 1 2.9 1.8c-.6.3-.9.7-.9 1.4 M8 11.6h.01 M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8z',
  sun: 'M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6z M8 1.5v1 M8 13.5v1 M1.5 8h1 M13.5 8h1 M3.4 3.4l.7.7 M11.9 11.9l.7.7 M3.4 12.6l.7-.7 M11.9 4.1l.7-.7',
  moon: 'M13 9.4A5.4 5.4 0 0 1 6.6 3 5.4 5.4 0 1 0 13 9.4z',
  auto: 'M8 2.5a5.5 5.5 0 1 0 0 11z M8 2.5a5.5 5.5 0 0 1 0 11',
  chevron: 'M6 4l4 4-4 4',
  spark: 'M8 2l1.4 4.6L14 8l-4.6 1.4L8 14l-1.4-4.6L2 8l4.6-1.4z',
  picture: 'M2.5 3.5h11v9h-11z M2.5 10.6l3.4-3.2 2.6 2.4 1.8-1.6 3.2 2.8 M10.6 6.2h.01',
  code: 'M5.5 4.5L2 8l3.5 3.5 M10.5 4.5L14 8l-3.5 3.5',
  eye: 'M1.5 8s2.4-4.2 6.5-4.2S14.5 8 14.5 8 12.1 12.2 8 12.2 1.5 8 1.5 8z M8 6.2a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6z',
  hidden:
    'M2.5 2.5l11 11 M6.2 4.1A6.5 6.5 0 0 1 8 3.8c4.1 0 6.5 4.2 6.5 4.2a11 11 0 0 1-2 2.4 M4.3 5.2A11 11 0 0 0 1.5 8S3.9 12.2 8 12.2c1 0 1.9-.2 2.7-.6',
  brush:
    'M13.5 2.5L7.2 8.8 M6 8.4a2.4 2.4 0 0 1 1.8 2.6c-.2 1.7-1.8 2.5-5.3 2.5 1-.8 1-1.7 1.2-2.8A2.4 2.4 0 0 1 6 8.4z',
  eraser:
    'M6.2 13.2L2.6 9.6a1 1 0 0 1 0-1.4l5.6-5.6a1 1 0 0 1 1.4 0l3.8 3.8a1 1 0 0 1 0 1.4l-5.4 5.4z M5.4 5.4l5.2 5.2 M6.2 13.2h7.3',
  back: 'M7 3L2.8 8 7 13 M3 8h10.5',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  const dotted = name === 'dice' || name === 'more' || name === 'help';
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth={dotted ? 1.6 : 1.35}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
