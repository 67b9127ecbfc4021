import type { ButtonHTMLAttributes, Ref } from 'react';
import styles from './controls.module.css';
import { Icon, type IconName } from './icons';

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: 'primary' | 'plain' | 'quiet' | 'danger';
  small?: boolean;
  icon?: IconName;
  ref?: Ref<HTMLButtonElement>;
}

const LOOKS = { primary: styles.primary, plain: '', quiet: styles.quiet, danger: `${styles.quiet} ${styles.danger}` };

export function Button({ look = 'plain', small, icon, className = '', children, ...rest }: ButtonProps) {
  const classes = [styles.button, LOOKS[look], small ? styles.small : '', className].join(' ');
  return (
    <button type="button" {...rest} className={classes}>
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

export interface IconButtonProps extends ButtonProps {
  label: string;
  icon: IconName;
}

/** A button of one icon; its label is its accessible name and its tooltip. */
export function IconButton({ label, look = 'quiet', className = '', ...rest }: IconButtonProps) {
  return <Button {...rest} look={look} aria-label={label} title={label} className={`${styles.icon} ${className}`} />;
}
