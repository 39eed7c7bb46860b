import type { ComponentChildren } from 'preact';

/** Whether there is little room: what is not needed at first is folded then. */
const isPhone = matchMedia('(max-width: 40rem)').matches;

export interface FoldProps {
  /** A heading. */
  title: ComponentChildren;
  children: ComponentChildren;
}

/** A part of a panel under its title; on a phone the title opens it. */
export function Fold({ title, children }: FoldProps) {
  if (!isPhone) {
    return (
      <>
        {title}
        {children}
      </>
    );
  }
  return (
    <details class="fold">
      <summary>{title}</summary>
      {children}
    </details>
  );
}
