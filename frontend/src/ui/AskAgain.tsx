import { words } from '../words/words';
import { Button } from './Button';

interface AskAgainProps {
  /** True while the server is being asked again: the button's icon turns. */
  asking: boolean;
  small?: boolean;
  'data-testid'?: string;
  onClick: () => void;
}

/** Asks the server again after a failure. It stays while the answer is awaited. */
export function AskAgain({ asking, ...rest }: AskAgainProps) {
  return (
    <Button {...rest} icon="retry" aria-busy={asking}>
      {words.shell.tryAgain}
    </Button>
  );
}
