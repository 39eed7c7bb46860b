const SCRIPTS = 'train|evaluate|predict|data|summary|backends';
/** Are pnpm's own as well, or come without a word: a clone has the script `residual` for them. */
const OTHERS = 'setup|log\\b|help|\\[options\\]';

/**
 * A text in which whatever it tells to type can be typed: `residual predict`, where the command is installed, is
 * `npx pnpm@12 predict` where a clone's script runs it, which says so by RESIDUAL_COMMAND.
 */
export function typeable(text: string, command = process.env.RESIDUAL_COMMAND): string {
  if (command === undefined) return text;
  return (
    text
      // Help texts wrap their lines anywhere.
      .replaceAll(new RegExp(`\\bresidual(\\s+)(?=(${SCRIPTS})\\b)`, 'g'), (_, space) => `${command}${space}`)
      .replaceAll(
        new RegExp(`\\bresidual(\\s+)(?=(${OTHERS}))`, 'g'),
        (_, space) => `${command} residual${space}`,
      )
  );
}
