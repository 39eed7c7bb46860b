import { CommandError } from '../error.js';
import { said } from '../values.js';

const SCHEME = 'hf://';
const REFERENCE = /^hf:\/\/([\w.-]+\/[\w.-]+)(?:@([\w./-]+))?$/;

/** A model on the Hugging Face Hub: `hf://owner/name`, or `hf://owner/name@revision`. */
export interface HubReference {
  /** `owner/name` */
  name: string;
  /** A branch, a tag, or a commit. */
  revision: string;
}

export function isHubReference(what: string): boolean {
  return what.startsWith(SCHEME);
}

/** @throws CommandError `USAGE` */
export function parseHubReference(what: string): HubReference {
  const [, name, revision = 'main'] = REFERENCE.exec(what) ?? [];
  if (name !== undefined && !/(^|\/)\.\.?($|\/)/.test(`${name}/${revision}`)) return { name, revision };
  throw new CommandError('USAGE', {
    where: '--weights',
    expected: 'hf://OWNER/NAME, or hf://OWNER/NAME@REVISION',
    received: said(what),
    fix: 'Name one repository of the Hugging Face Hub, without a path in it.',
  });
}

/** The same model at one commit, whatever its branch turns to. */
export function pinned({ name }: Pick<HubReference, 'name'>, commit: string): string {
  return `${SCHEME}${name}@${commit}`;
}
