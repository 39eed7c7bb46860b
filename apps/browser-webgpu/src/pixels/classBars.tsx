import type { Classification } from '@residual/runs';
import './pixels.css';

const percents = new Intl.NumberFormat('en', {
  style: 'percent',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});

/** Classes with their probabilities, in words and as bars. */
export function ClassBars({ classes }: { classes: readonly Classification[] }) {
  return (
    <ol class="class-bars">
      {classes.map(({ className, probability }) => (
        <li key={className}>
          <span class="class-name">{className}</span>
          <span class="class-share">{percents.format(probability)}</span>
          <span class="bar" aria-hidden="true">
            <span style={{ width: `${100 * probability}%` }} />
          </span>
        </li>
      ))}
    </ol>
  );
}
