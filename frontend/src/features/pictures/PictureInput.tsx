import type { Ref } from 'react';

interface PictureInputProps {
  ref: Ref<HTMLInputElement>;
  label: string;
  testId: string | undefined;
  onFile: (file: File) => void;
}

/** The browser's file dialog for pictures. Another component has the button that opens it. */
export function PictureInput({ ref, label, testId, onFile }: PictureInputProps) {
  return (
    <input
      ref={ref}
      type="file"
      hidden
      accept="image/png,image/webp,image/jpeg"
      aria-label={label}
      data-testid={testId}
      onChange={(event) => {
        const file = event.target.files?.[0];
        event.target.value = '';
        if (file) onFile(file);
      }}
    />
  );
}
